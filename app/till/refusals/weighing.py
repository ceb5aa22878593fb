"""Scales and tare."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "scale_motion": mark("The scale did not come to rest; wait a moment and scan {name} again."),
    "scale_empty": mark("Nothing lies on the scale; put {name} on it and scan again."),
    "scale_below_tare": mark("{name} is lighter than the tare that is set; check the tare."),
    "scale_below_minimum": mark("{name} is lighter than the scale may weigh."),
    "scale_same_reading": mark("This weighing is sold already: lift {name} off and put it back on."),
    "scale_under_zero": mark("The scale is under zero; clear the plate and set it to zero."),
    "scale_not_zeroed": mark("The scale has not found its zero; clear the plate and switch it on anew."),
    "scale_overload": mark("{name} is too heavy for the scale."),
    "scale_tare_refused": mark("The scale does not take this tare; clear the tare at the scale."),
    "scale_price_refused": mark("The scale cannot reckon with this price of {name}; type the weight."),
    "scale_checksum": mark("The scale wants its maker's checksum; set checksum and generator in till.toml."),
    "scale_silent": mark("The scale does not answer: look at its plug, or type the weight."),
    "scale_failure": mark("The scale cannot be understood: baud, frame and protocol; or type the weight."),
    "scale_busy": mark("The scale is weighing already; try again in a moment."),
    "scale_cancelled": mark("The weighing was given up; nothing was sold."),
    "weight_needed": mark("Type the weight of {name} first, like 0,250* for 250 g."),
    "tare_too_heavy": mark("The tare of {tare} g is not less than the weight of {name}."),
    "tare_grams": mark("{text} is no tare: 0 to {limit} whole grams."),
    "tare_name_or_grams": mark("Give either a tare class or grams."),
    "tare_alone": mark("{name} is packing: scan it alone, then the goods."),
    "unknown_tare_class": mark("There is no tare class called {name}."),
    "no_scale": mark("This till has no scale."),
}
