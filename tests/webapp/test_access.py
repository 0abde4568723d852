"""Closed by default: a view that nobody marked answers nobody."""

from webapp.access import is_public, needed


def test_every_page_says_who_may_see_it(app):
    unmarked = [rule.endpoint for rule in app.url_map.iter_rules()
                if not is_public(app, rule.endpoint) and not needed(app, rule.endpoint)]
    assert unmarked == []


def test_a_view_without_a_mark_is_refused(app):
    app.add_url_rule("/secret", "secret", lambda: "seen")
    answer = app.test_client().get("/secret")
    assert answer.status_code == 403
    assert b"seen" not in answer.data


def test_an_unknown_address_is_not_found_rather_than_forbidden(client):
    assert client.get("/no/such/page").status_code == 404


def test_programs_get_problem_json_and_people_a_page(client):
    answer = client.get("/institutions/NOBODY", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["status"] == 404
    assert client.get("/institutions/NOBODY").mimetype == "text/html"
