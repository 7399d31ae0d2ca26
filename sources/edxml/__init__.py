"""Documents on the interchange axis: edXML of QCVN 102:2016/BTTTT, and its second dialect (domain, 5.5)."""
