"""Words of one firm beside one order, and of firms side by side."""

from __future__ import annotations

ORDER_PARTS = (("title", "标题"), ("description", "原文"), ("must_have", "希望候选人"), ("role_family", "岗位族"),
               ("industry", "行业"), ("service_mode", "方式"), ("seniority", "层级"), ("headcount", "人数"),
               ("district", "区"))
FIRM_PARTS = (("profile", "简介"), ("track_record", "业绩"), ("services", "服务"), ("role_families", "岗位族"),
              ("industries", "行业"), ("seniority", "层级"), ("regions", "服务区域"), ("languages", "语言"),
              ("credit_grade", "信用"), ("capacity_per_quarter", "每季可交付"))
LICENCES = "有效许可"
# The rows of a comparison: label -> the reasons that speak of it
COMPARED = (("业绩", ("track_record", "similar_case")), ("简介", ("profile", "profile_reserved", "reserve", "branch")),
            ("岗位族", ("role", "role_near", "role_other")), ("行业", ("industry", "industry_near", "industry_other")),
            ("服务方式", ("service", "service_near", "service_other")), ("层级", ("seniority",)),
            ("产能", ("capacity", "capacity_short", "load", "pace_short")), ("语言", ("language", "language_other")),
            ("过往交付", ("results", "results_poor")), ("信用", ("credit", "credit_low")), ("行业面", ("breadth",)), ("愿望", ("wish",)))
UNSAID = "没有可说的"
