"""A skip names what the machine lacks; where everything must be there (CAITU_REQUIRE_ALL=1), a skip is a failure."""

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turns a skip into a failure where nothing may be missing."""
    report = yield
    if report.skipped and os.environ.get("CAITU_REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but CAITU_REQUIRE_ALL=1: {report.longrepr}"
    return report
