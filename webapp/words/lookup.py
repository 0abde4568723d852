"""Words of the look-up: what came of each line and why, what is wrong with a list, and the exported columns."""

from __future__ import annotations

from market.imports.lists import MOST_BYTES, MOST_LINES
from market.institutions.lookup import MATCHED, NOT_FOUND, UNSURE, Finding, KnownFirm, code_slip, split_line
from webapp.clock import today

OUTCOMES = {MATCHED: "对上", UNSURE: "待确认", NOT_FOUND: "没找到"}
TONES = {MATCHED: ("ok", "check"), UNSURE: ("wait", "alert"), NOT_FOUND: ("bad", "x")}
WHY = {
    "code": "代码一致，校验码正确", "name": "名称一致", "short name": "去掉地名和公司形式后名称一致",
    "code unlike": "代码只差一处", "several": "不止一家叫这个名字", "part of name": "这些机构的名称里有这几个字",
    "similar": "名称相近", "name, other code": "名称和代码指向的不是同一家",
    "unknown code": "代码正确，但名录里没有这个代码", "unknown name": "名录里没有这个名称，也没有相近的",
    "empty": "这一行没有名称，也没有代码",
    "number": "代码被表格存成了数字，末几位已丢失；把这一列设为文本，重新填写", "long": "这一行太长，不像名称或代码",
}
FAULTS = {"check digit": "校验码不对，至少有一个字符写错", "characters": "代码里有不使用的字符（I、O、S、V、Z）"}
SLIPS = {"changed": "第 {at} 位应为 {right}", "swapped": "第 {at}、{next} 位写反了", "missing": "第 {at} 位漏了 {right}",
         "extra": "第 {at} 位多了一个字符"}
TROUBLES = {
    "empty": "里面没有名称或代码。", "no list": "这不是 Excel，也不是 CSV 文本。请另存为 .xlsx 或 CSV 再传。",
    "old excel": "这是旧式 .xls 或加了密码的文件。请去掉密码，另存为 .xlsx 再传。",
    "too large": f"文件太大。最多 {MOST_BYTES // 2**20} MB，解开后也不能超过 32 MB。请只留名称和代码两列。",
    "too many rows": f"行数太多。一次最多 {MOST_LINES:,} 行，请分几次查。",
    "too wide": "列数太多，或很远的列里有内容。请只留名称和代码两列。",
    "unsafe": "文件里有不安全的内容，没有读取。请把名称和代码复制到一个新文件再传。",
    "damaged": "文件已损坏，读不出来。请用表格软件打开后重新另存为 .xlsx。",
}
LOOKUP_TITLE = "批量查机构"
LOOKUP_HEADS = ("行", "您给的内容", "结果", "原因", "编号", "名称", "统一社会信用代码", "其他可能")


def fault_word(finding: Finding) -> str:
    """What is wrong with the code of a line."""
    if finding.fault == "length":
        return f"代码应为 18 位，这里是 {len(split_line(finding.asked)[1])} 位"
    return FAULTS.get(finding.fault, "")


def why_word(finding: Finding) -> str:
    """Why a line came out as it did: the code first."""
    fault, why = fault_word(finding), WHY.get(finding.why, "")
    return "；".join(filter(None, (fault, why)))


def offer_word(finding: Finding, firm: KnownFirm) -> str:
    """Why a firm is offered for an unsure line."""
    name, code = split_line(finding.asked)
    if code and code == firm.code:
        return "代码是这一家的"
    if finding.why != "code unlike":
        return "名称是这一家的" if finding.why == "name, other code" and name else ""
    slip, at = code_slip(code, firm.code)
    return SLIPS[slip].format(at=at, next=at + 1, right=firm.code[at - 1 : at])


def trouble_word(trouble: str) -> str:
    """What is wrong with a whole list, and what to do."""
    return TROUBLES.get(trouble, "")


def lookup_row(number: int, finding: Finding) -> list[object]:
    """One row of the exported look-up."""
    first = finding.firms[0] if finding.firms else KnownFirm("", "")
    others = "；".join(f"{firm.name} {firm.code}".strip() for firm in finding.firms[1:])
    return [number, finding.asked, OUTCOMES[finding.outcome], why_word(finding), first.id, first.name, first.code, others]


def lookup_about(counts: dict[str, int]) -> list[tuple[str, str]]:
    """The first sheet of the exported look-up."""
    return [("内容", LOOKUP_TITLE), ("截至", today().isoformat()), ("行数", f"{sum(counts.values()):,}"),
            *((OUTCOMES[outcome], f"{count:,}") for outcome, count in counts.items()),
            ("注意", "先看代码的校验码（GB 32100-2015），再看名称；“待确认”请核对后再用")]
