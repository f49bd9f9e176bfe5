from yard.stock import MASTS
