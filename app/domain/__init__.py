"""What is true in a shop: pure values and rules. No clock, no randomness, no I/O.

Reading order:

* ``money.py``     amounts in integer minor units: reading, writing, rounding, spreading
* ``quantity.py``  quantities in integer thousandths; the gross of a line
* ``instant.py``   one reading of the till's clock; days and instants as text
* ``vat.py``       tax out of a gross amount, per rate; the rate of a key on a day; eat-in and take-away
* ``vat_data.py``  VAT keys and their dated rates (data, never code)
* ``weighing.py``  gross, tare and net; tare classes and the barcodes on plates
* ``codes.py``     barcodes and ident numbers with their check digits; ``in_store_code.py`` price or weight inside,
  ``element_string.py`` GS1 element strings: an article, and the measure on its label
* ``article.py``   what a sellable article looks like; ``assortment.py`` which till sells what
* ``catalogue.py``  travelling catalogues, and what is withheld from a till
* ``assortment_page.py`` articles by number, for a keypad
* ``search_text.py`` texts written alike, to be compared; ``article_search.py`` what a typed search asks for;
  ``price_span.py`` which entered prices a price in force may come from
* ``price_list.py`` price lists 1 to 15, derived and dated; ``pricing/`` promotions, coupons, discounts
* ``business_case.py`` what a line of a receipt is
* ``sale.py``      the open sale: lines, payments, coupons; ``sale_steps.py`` how it grows
* ``settlement.py`` what vouchers may pay for, and the settled sale; ``holds.py`` what it holds of resources
* ``resource.py``  what can be used up: names, and the ledger that says how much is left; ``overdraw.py`` who used more
* ``claim_policy.py`` how much of it may be used although not everybody could be asked
* ``voucher.py``   voucher codes, kinds, expiry; ``coupon.py`` campaigns; ``statement.py`` what a slip's symbol says
* ``receipt_seal.py`` a receipt as text that proves itself
* ``card.py``      money that a card terminal moves, and the proof of it
* ``tender.py``    ways to pay, exchange rates, cash rounding; ``cash.py`` notes and coins counted
* ``returns.py``   what is given back for goods; ``parking.py`` sales put aside, merged, split
* ``order.py``     deposits; ``receivable.py`` delivery notes and invoices
* ``customer.py``  groups, bonus, what is personal; ``persons.py`` keys that can be erased
* ``supplier.py``  from whom articles are bought
* ``user.py``      roles and rights; ``cost_centre.py`` who bears a sale
* ``account.py``   accounts of the accounting program; ``account_data.py`` those of standard charts
* ``number_range.py``, ``receipt_no.py``  numbers that are given out once
* ``branch.py``    branches, device groups, plans of tills; ``number_pool.py`` numbers handed out in blocks
* ``audit_limit.py`` from where on an audit speaks
* ``till_numbers.py`` several till numbers as people write them
* ``planned_change.py``  what is to change later
* ``reference.py`` reference data by subject: every small table above; ``settings.py`` what may be set beside others
"""
