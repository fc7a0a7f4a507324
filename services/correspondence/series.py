"""In which series a document is numbered and how its ที่ reads (ข้อ 16.2, 24.1, 32, 43.1; annex 1)."""

from services.correspondence.contract import FORMS, DocumentKind, DocumentPolicySet, Series

# What is numbered behind the code, as letters are; the others read "n/พ.ศ.".
LETTERS = (Series.SEND, Series.CIRCULAR)


def series_of(policy: DocumentPolicySet, kind: DocumentKind, circular: bool) -> Series:
    """The series of a document of that kind; circulars and certificates go by the policy."""
    series = FORMS[kind].series
    if series is Series.SEND and circular and policy.circulars_apart:
        return Series.CIRCULAR
    if series is Series.CERTIFICATE and not policy.certificates_apart:
        return Series.SEND
    return series


def is_used(policy: DocumentPolicySet, series: Series) -> bool:
    """Whether the organisation numbers anything in that series."""
    apart = {
        Series.CIRCULAR: policy.circulars_apart,
        Series.CERTIFICATE: policy.certificates_apart,
    }
    return apart.get(series, True)


def owner_of(policy: DocumentPolicySet, series: Series, group: str | None) -> str | None:
    """The group whose own series it is; None for the organisation's.

    A group has its own where the policy says so and it has a code of its own: without one its
    numbers would read as the organisation's.
    """
    own = series in policy.by_group and _group_code(policy, group) is not None
    return group if own else None


def series_key(
    policy: DocumentPolicySet, series: Series, organisation: str, group: str | None, year: int
) -> str:
    """What the running number of `year` (พ.ศ.) is taken from (`Work.take_number`)."""
    return key_of(series, owner_of(policy, series, group) or organisation, year)


def key_of(series: Series, owner: str, year: int) -> str:
    """The same, where `owner` (a group or an organisation) is known."""
    return f"document:{series}:{owner}:{year}"


def reference(
    policy: DocumentPolicySet,
    series: Series,
    group: str | None,
    year: int,
    number: int,
    circular: bool,
) -> str:
    """The ที่ of a document: "ศธ 04xxx/123", "ศธ 04xxx/ว 123" (ข้อ 32), "5/2569" (ข้อ 16.2, 24.1).

    A group's letters bear the group's code; where a group numbers the others for itself, its code
    stands before ("ศธ 04xxx.2 5/2569").
    """
    if series in LETTERS:
        code = _group_code(policy, group) or policy.code
        running = f"ว {number}" if circular or series is Series.CIRCULAR else f"{number}"
        return f"{code}/{running}" if code else running
    own = owner_of(policy, series, group) is not None
    running = f"{number}/{year}"
    return f"{_group_code(policy, group)} {running}" if own else running


def _group_code(policy: DocumentPolicySet, group: str | None) -> str | None:
    return next((one.code for one in policy.group_codes if one.group == group), None)
