from engine import Clean, Engine, Join

wrong = Engine.build([Clean, Join])  # expect: REG202 certain
right = Engine.build([Clean(), Join()])
