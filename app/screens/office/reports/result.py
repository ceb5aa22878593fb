"""A report made, and its result: as a table or as a chart, as often as is wanted, and saved."""

from __future__ import annotations

from app.office.outputs.chart import chart_of
from app.office.outputs.figures import MANNERS
from app.office.reports.definition import Report
from app.office.reports.making import FAILURES, Choices
from app.office.reports.table import ReportTable
from app.screens.office.desk import OfficeDesk
from app.screens.office.reports.chart_step import ChartStep
from app.screens.office.reports.saving import save
from app.screens.office.reports.table_step import TableStep
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import language

CHART, TABLE, SAVE = "chart", "table", "save"


async def made(desk: OfficeDesk, report: Report, choices: Choices) -> ReportTable | None:
    """The report's table; None: given up, or refused and told."""

    async def work(_far: object) -> ReportTable:
        return await desk.off(lambda: desk.services.run_report(report, choices))

    try:
        return await desk.long(_(report.title), work)
    except FAILURES as fault:
        desk.complain(str(fault))
        return None


async def shown(desk: OfficeDesk, name: str, report: Report, table: ReportTable) -> None:
    """As a table or as a chart, as often as is wanted, and saved."""
    manner = MANNERS[language()]
    chart = await desk.off(lambda: chart_of(table, manner, wanted=report.form.chart))
    saves = Action(8, SAVE, _("Save as"))
    as_table = await desk.off(
        lambda: TableStep(table, manner, (*([Action(2, CHART, _("Chart"))] if chart else []), saves))
    )
    at = TABLE
    while True:
        if at == CHART and chart is not None:
            answer = await desk.show(ChartStep(chart, manner, (Action(2, TABLE, _("Table")), saves)))
        else:
            answer = await desk.show(as_table)
        match answer:
            case None if at == TABLE:
                return
            case None:
                at = TABLE
            case "save":
                await save(desk, name, report, table, charted=at == CHART)
            case _:
                at = str(answer)
