from box.loaders import Clock, Loader, get_loader

loaders = [Loader("a"), get_loader("b")]
clocks = {"wall": Clock(), "desk": Clock()}
