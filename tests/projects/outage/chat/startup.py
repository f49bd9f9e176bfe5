"""What the service prepares before it takes requests."""

import logging
from typing import TYPE_CHECKING

from chat.registry import get_shared_registry
from chat.tools import CostTool, ReportTool, SearchTool

if TYPE_CHECKING:
    from chat.app import App

logger = logging.getLogger(__name__)


def configure_tools(app: "App") -> None:
    """Keep the tool classes; each user gets instances of their own later."""
    app.state.tool_classes = [SearchTool, CostTool, ReportTool]
    get_shared_registry("service").register("router", app.router)
    for tool_class in app.state.tool_classes:
        logger.info("tool class %s (%s)", tool_class.__name__, type(tool_class).__name__)
