"""The figure of lesson 00, "Start here"."""

from rectified.explorables.start_here.sick import SickNetworkView

__all__ = ["SickNetworkView"]
