"""Words of the public matcher page, of the city's plan and of the report on exposure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.words.labels import BAND_WORDS
from webapp.words.levers import of_ten
from webapp.words.matches import SIGNAL_WORDS

METHODS = {"random": "随机", "equal fields": "字段重合", "BM25": "BM25", "TF-IDF of character pairs": "字二元组 TF-IDF",
           "encoder": "只用编码器", "matcher": "才图匹配"}
MEASURES = {"nDCG@10": "nDCG@10", "Recall@10": "Recall@10", "MRR": "MRR", "P@5": "P@5", "violation@10": "违反率@10"}
PLANS = {"best": "统一分配", "greedy": "先到先得"}
SIZES = (("small", "每季不超过 20 人"), ("middle", "每季 21–100 人"), ("large", "每季超过 100 人"))
AGES = (("new", "入驻一年以内"), ("known", "入驻一年以上"), ("unknown", "入驻日不详"))
NO_DISTRICT = "区未写明"
CITY_ORDER_HEADS = ("订单编号", "标题", "区", "要（人）", "统一分配（人）", "先到先得（人）", "统一分配给了谁")
CITY_FIRM_HEADS = ("机构编号", "名称", "区", "空（人）", "统一分配（人）", "先到先得（人）")
CITY_TITLE = "全市分配"
JOINT_HEADS = ("订单编号", "标题", "区", "机构（家）", "授榜名额（人）", "成员（授榜后）")
JOINT_TITLES = {"bids": "猎企协作：已开封的联合揭榜", "awards": "猎企协作：有效的联合授榜"}


def _cell(figure: Mapping[str, Any]) -> dict[str, str]:
    if figure["mean"] is None:
        return {"mean": "–", "range": ""}
    return {"mean": f"{figure['mean']:.3f}", "range": f"{figure['low']:.3f}–{figure['high']:.3f}"}


def report_words(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report of the matcher as the page shows it."""
    best, gap = report["difference"]["peer"], report["difference"]["figure"]
    rows = [{"name": METHODS[line["method"]], "filtered": line["filtered"], "own": line["method"] == "matcher",
             "cells": [_cell(line["figures"][name]) for name in MEASURES]} for line in report["lines"]]
    judged = "每单由没见过它的权重来排（交叉验证）" if report["cross_validated"] else "用随代码发布的权重"
    return {
        "heads": list(MEASURES.values()), "rows": rows,
        "about": f"{report['orders']} 单、{report['institutions']} 家、{report['graded_pairs']} 对分级；{judged}。",
        "source": f"{report['day']}，版本 {report['version']}，编码器 {report['encoder']}，数据 {report['data'][:12]}",
        "gap": f"同样先过必备条件，比最好的朴素方法（{METHODS[best]}）的 nDCG@10 高 {gap['mean']:+.3f}"
               f"（95% 区间 {gap['low']:+.3f} 到 {gap['high']:+.3f}）。",
        "ablation": [{"name": SIGNAL_WORDS[left["signal"]], "without": f"{left['without']:.3f}",
                      "loss": f"{left['loss']['mean']:+.4f}",
                      "range": f"{left['loss']['low']:+.4f}–{left['loss']['high']:+.4f}"} for left in report["ablation"]],
        "bands": [{"word": BAND_WORDS[rate["band"]], "pairs": rate["pairs"], "fit": rate["fit"], "good": rate["good"],
                   "of_ten": of_ten(rate["fit"], rate["pairs"]) if rate["pairs"] else ""} for rate in report["bands"]],
    }


def rule_words(rule: Any) -> str:
    """The published rule of exposure in words."""
    return (f"每份名单的前 {rule.front} 名里，至少 {rule.reserved_places} 名留给新机构或小机构：入驻不满 {rule.new_days} 天，"
            f"或每季产能不超过 {rule.small_capacity} 人。它们也要过全部必备条件，匹配分不低于 {rule.least_score:g}；"
            f"没有这样的机构就不留。因此上移的机构在名单里有标记。")
