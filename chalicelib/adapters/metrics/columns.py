"""The columns of a measure's rows follow from the fields of a row, for DuckDB, for Parquet and for Athena."""

from msgspec import inspect

from chalicelib.domain.cases.measure import MetricRow

DUCKDB: dict[type[inspect.Type], str] = {
    inspect.StrType: "VARCHAR",
    inspect.LiteralType: "VARCHAR",
    inspect.BoolType: "BOOLEAN",
    inspect.IntType: "INTEGER",
}
"""Types of fields as DuckDB calls them; a field may name another one (`Milliseconds`, `Decimals`)."""
GLUE = {
    "VARCHAR": "string",
    "VARCHAR[]": "array<string>",
    "BOOLEAN": "boolean",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "DECIMAL(24,6)": "decimal(24,6)",
}
"""What the Glue Data Catalog, and Athena by it, call the same (docs.aws.amazon.com/athena, "Data types")."""


def columns(row: type[MetricRow]) -> dict[str, str]:
    """The type of each column, in DuckDB's words."""
    described = inspect.type_info(row)
    assert isinstance(described, inspect.StructType)
    return {field.encode_name: _column_type(field.type) for field in described.fields}


def _column_type(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.UnionType):  # a column may always be empty: `| None` says nothing new
        return next(_column_type(each) for each in kind.types if not isinstance(each, inspect.NoneType))
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra or {})["column"])
    if isinstance(kind, inspect.VarTupleType):
        return f"{_column_type(kind.item_type)}[]"
    return DUCKDB[type(kind)]


def select_from_json(row: type[MetricRow]) -> str:
    """The rows of the file `$path`, one JSON object a line. Decimals are read as text, so that no digit is lost."""
    kinds = columns(row)
    decimals = [name for name, kind in kinds.items() if kind.startswith("DECIMAL")]
    casts = ", ".join(f'CAST("{name}" AS {kinds[name]}) AS "{name}"' for name in decimals)
    read = ((name, "VARCHAR" if name in decimals else kind) for name, kind in kinds.items())
    types = ", ".join(f"\"{name}\": '{kind}'" for name, kind in read)
    selected = f"* REPLACE ({casts})" if casts else "*"
    return f"SELECT {selected} FROM read_json($path, format = 'newline_delimited', columns = {{{types}}})"  # noqa: S608 - our own names


def catalog(row: type[MetricRow]) -> list[dict[str, str]]:
    """The columns of a Glue table. The day is no column of it: it stands in the path."""
    return [{"Name": name, "Type": GLUE[kind]} for name, kind in columns(row).items() if name != "day"]
