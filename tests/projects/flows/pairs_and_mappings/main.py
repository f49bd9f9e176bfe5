from depot import Jack, ToolCatalog

catalog = ToolCatalog()
catalog.add_pairs([("jack", Jack())])
catalog.add_pairs([("jill", Jack)])  # expect: REG202 certain
catalog.add_mapping({"joe": Jack()})
catalog.add_mapping({"jim": Jack})  # expect: REG202 certain
