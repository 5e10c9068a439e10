"""What experts are good at, beside the industries they know: a fixed list, so that it can be searched. Pure."""

SPECIALITIES = {
    "equipment": "智能装备与产线",
    "software": "工业软件",
    "network": "工业互联网与网络",
    "ai": "人工智能",
    "twin": "数字孪生与仿真",
    "quality": "质量管控",
    "energy": "能源与双碳",
    "safety": "安全生产与环保",
    "supply": "供应链与物流",
    "security": "信息安全",
    "maturity": "能力成熟度与标准",
    "finance": "财务与绩效",
}
