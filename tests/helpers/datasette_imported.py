"""Import Datasette first: it leaves a connection open when it is imported, of which Python 3.13 warns."""

import gc
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ResourceWarning)
    import datasette.app

    gc.collect()

__all__ = ["datasette"]
