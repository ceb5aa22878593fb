"""Settings at the till."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "bad_setting": mark("This setting does not fit: {reason}"),
    "unknown_setting": mark("There is no setting {subject} {key}."),
    "unknown_subject": mark("There is no kind of setting {subject}."),
    "range_overlaps": mark("These numbers overlap the range {other}; choose others."),
    "article_name_bad": mark("The article's name is missing, too long or cannot be printed."),
    "article_code_bad": mark("{text} cannot be an ident number or barcode."),
    "article_unit_bad": mark("The unit {text} is too long or cannot be printed."),
    "too_many_codes": mark("An article has at most 50 barcodes and 3 groups."),
    "age_limit_bad": mark("The age limit must be between 0 and 99 years."),
    "bad_price_list": mark("There are the price lists 1 to 15, no {no}."),
    "dates_wrong": mark("The last day lies before the first."),
}
