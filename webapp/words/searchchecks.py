"""Words of the page that asks the labelled questions of the site's own index."""

from __future__ import annotations

QUESTION_TYPES = {"all": "全部", "keyword": "关键词", "synonym": "同义词", "district_service": "区加服务", "nearby": "附近",
                  "pinyin": "拼音", "pinyin_initials": "拼音首字母", "traditional": "繁体", "typo": "错字",
                  "name_typo": "名称里的错字", "question": "整句话", "mixed_english": "中英混写", "name": "名称",
                  "park": "园区", "abbreviation": "简称", "no_answer": "没有答案"}
CHECKS_TITLE = "检索自测"
CHECKS_HEADS = ("编号", "问题", "类型", "结果", "最好的答案排第", "前十里找到", "标注的答案", "nDCG@10", "命中总数", "用时（毫秒）")
CHECKS_PASSED, CHECKS_FAILED = "找到", "没找到"
