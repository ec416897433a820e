"""The five dashboards."""

from panels import Board, Queries, adoption, overview, people, quality, spend


def boards(queries: Queries) -> list[Board]:
    return [module.board(queries) for module in (overview, adoption, spend, people, quality)]
