"""Fluent Bit's log pipeline and Prometheus' scraping: check, explain and run configurations.

>>> import weirgate
>>> weirgate.relabel("[{action: drop, source_labels: [env], regex: 'test-.*'}]", {"env": "test-7"}).keep
False

Nothing here opens a socket. Files are read only where a function is given a path.
"""

from ._weirgate import RecordBatch, __version__
from .checking import ConfigError, Diagnostic, Edit, Fix, Label, check, check_text, require
from .expositions import OPENMETRICS, TEXT, Exposition, Sample, read_exposition, write_exposition
from .lines import LineParser, Record
from .questions import call
from .relabelling import (
    ActiveTarget,
    DroppedTarget,
    Relabelled,
    RelabelStep,
    Targets,
    relabel,
    targets,
)
from .tools import (
    BulkRequest,
    CaseResult,
    Difference,
    OutputRecord,
    Run,
    bulk_body,
    bulk_verdicts,
    convert,
    explain,
    run,
    run_tests,
)

__all__ = [
    "OPENMETRICS",
    "TEXT",
    "ActiveTarget",
    "BulkRequest",
    "CaseResult",
    "ConfigError",
    "Diagnostic",
    "Difference",
    "DroppedTarget",
    "Edit",
    "Exposition",
    "Fix",
    "Label",
    "LineParser",
    "OutputRecord",
    "Record",
    "RecordBatch",
    "RelabelStep",
    "Relabelled",
    "Run",
    "Sample",
    "Targets",
    "__version__",
    "bulk_body",
    "bulk_verdicts",
    "call",
    "check",
    "check_text",
    "convert",
    "explain",
    "read_exposition",
    "relabel",
    "require",
    "run",
    "run_tests",
    "targets",
    "write_exposition",
]
