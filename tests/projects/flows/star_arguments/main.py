from menu import Soup, Stew, offer, offer_named, offer_one

offer(Soup(), Stew())
offer(Soup(), Stew)  # expect: REG202 certain
offer(*[Soup, Stew])  # expect: REG202 certain
offer(*[Soup(), Stew()])
offer_named(soup=Soup(), stew=Stew())
offer_named(soup=Soup)  # expect: REG202 certain
wrong = {"name": "soup", "dish": Soup}
offer_one(**wrong)  # expect: REG202 certain
right = {"name": "soup", "dish": Soup()}
offer_one(**right)
