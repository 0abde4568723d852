"""Labels, states and short names: what the pages call each value of the data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """A state as the page shows it: word, tone of colour, icon."""

    word: str
    tone: str
    icon: str


PLACES = (
    ("map", "地图", "map", "/"),
    ("institutions", "机构", "firm", "/institutions"),
    ("orders", "订单", "order", "/orders"),
    ("parks", "园区", "park", "/parks"),
    ("policies", "政策", "policy", "/policies"),
)
SIGNED_IN_PLACES = (("desk", "工作台", "desk", "/desk"), PLACES[2], PLACES[0], PLACES[1], PLACES[4])
FACET_LABELS = {
    "kind": "类别", "service": "服务类型", "grade": "信用等级", "park": "园区", "district": "区",
    "industry": "重点产业", "licence": "许可", "state": "状态", "found": "找到的方式",
}
KIND_WORDS = {"institution": "机构", "order": "订单", "park": "园区", "policy": "政策"}
TAB_ALL, ALL_FILTERS = "全部", "全部筛选"
KIND_ICONS = {"institution": "firm", "order": "order", "park": "park", "policy": "policy"}
BAND_WORDS = {3: "强", 2: "可能", 1: "弱"}
REASON_KINDS = {"met": "满足", "missing": "未写明", "contrary": "相反"}
FOUND_WORDS = {("words",): "字面相同", ("meaning",): "意思相近", ("meaning", "words"): "字面与意思都对"}
ERRORS = {
    400: ("这个请求读不懂", "地址或内容不完整，请从页面上重新打开。"),
    401: ("请先登录", "登录后会回到刚才的页面，已填的内容请先复制。"),
    403: ("这里没有对您开放", "如果您认为应当能看，请联系平台运营方。"),
    404: ("没有找到这一页", "地址可能写错，或内容已下架。可以从地图或搜索重新找。"),
    405: ("这个地址不接受这种操作", "请从页面上的按钮操作。"),
    409: ("现在还不能这样做", "状态已经变化，请刷新后再看。"),
    413: ("文件太大", "每个文件不超过 10 MB，一次不超过 20 MB；请压缩或分几次交。"),
    422: ("填写的内容有误", "请按提示改正后再试。"),
    500: ("出了差错，不是您的问题", "请稍后再试；若一直如此，请把下面的编号告诉平台运营方。"),
    503: ("检索暂时不可用", "机构、园区、订单、政策的页面仍可打开。运营方可运行 caitu index rebuild 恢复。"),
}


ORDER_STATES = {
    "draft": Tone("草稿", "", "pen"), "pending_review": Tone("核验中", "wait", "clock"),
    "open": Tone("揭榜中", "live", "flag"), "paused": Tone("已暂停", "wait", "pause"),
    "sealed": Tone("待开封", "wait", "lock"), "evaluating": Tone("评审中", "live", "scale"),
    "standstill": Tone("公示中", "live", "clock"), "suspended": Tone("异议处理中", "wait", "alert"),
    "awarded": Tone("已授榜", "ok", "check"), "delivering": Tone("交付中", "live", "send"),
    "accepting": Tone("验收中", "live", "check"), "disputed": Tone("争议裁决中", "bad", "alert"),
    "negotiating": Tone("争议协商中", "wait", "alert"), "mediating": Tone("争议调解中", "wait", "alert"),
    "settling": Tone("结算中", "wait", "clock"), "settled": Tone("已结清", "ok", "met"),
    "closed": Tone("已关闭", "", "check"), "terminated": Tone("已终止", "bad", "x"),
    "unsuccessful": Tone("流标", "", "minus"), "cancelled": Tone("已取消", "", "x"),
    "reference": Tone("公开资料", "", "policy"),
}
LICENCE_VALID, LICENCE_EXPIRED, LICENCE_NONE, LICENCE_FILED = (
    Tone("许可有效", "ok", "shield"), Tone("许可过期", "bad", "alert"),
    Tone("许可未见", "", "minus"), Tone("仅备案", "", "shield"),
)
FIELD_WORDS = {"profile": "简介", "track_record": "业绩", "description": "描述", "name": "名称", "title": "标题",
               "services": "服务", "service_mode": "服务方式", "industries": "行业", "industry": "行业",
               "role_families": "岗位", "role_family": "岗位", "regions": "服务区域", "must_have": "要求",
               "address": "地址", "notes": "说明", "summary": "要点", "district": "区", "park": "园区",
               "aliases": "别名", "enterprise": "企业", "english_name": "英文名", "themes": "特色",
               "unified_code": "代码", "short_name": "简称", "issuing_bodies": "发布机关"}
SERVICES_SHORT = {"高级人才寻访(猎头)": "猎头", "招聘流程外包(RPO)": "RPO", "人力资源外包": "外包", "劳务派遣": "派遣",
                  "校园招聘": "校招", "人力资源咨询": "咨询", "人才测评": "测评", "蓝领招聘": "蓝领"}
PLACE_WORDS = {"sample": "示例坐标，区内随机", "approx": "约，取附近地标"}
FIRM_SORTS = (("", "按名录"), ("credit", "按信用"), ("capacity", "按产能"))
ORDER_SORTS = (("", "按名录"), ("deadline", "按截止"), ("headcount", "按人数"))
LICENCE_NAMES = ("人力资源服务许可", "劳务派遣许可", "备案")
STEP_WORDS = ("核验", "发布", "揭榜", "评审", "授榜", "交付", "验收", "保证期", "结清")
STEP_NOTES = {0: "已完成", 1: "已完成", 2: "进行中"}
SOURCE_KINDS = {"sample": "示例", "reference": "公开资料"}
UNVERIFIED = "未核实"
SOURCE_ROWS = (("institution", "机构", "/institutions"), ("order", "订单与公开招聘需求", "/orders"),
               ("park", "园区", "/parks"), ("policy", "政策", "/policies"), ("indicator", "统计指标", "#indicators"))
SHADE_WORDS = (("orders", "订单"), ("institutions", "机构"), ("none", "无"))
LEGEND_TITLES = {"orders": "揭榜中订单（个）", "institutions": "机构（家）", "none": ""}
NO_APPROVAL = "未取得，仅限内部使用"
PARK_THEMES = {"静安主园": "jingan", "东部园": "dongbu", "虹桥园": "hongqiao"}  # short name -> theme of tokens.css
