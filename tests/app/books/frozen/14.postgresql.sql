CREATE TABLE meta (
	key TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (key)
);
--
CREATE TABLE positions (
	member_id TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	PRIMARY KEY (member_id, topic)
);
--
CREATE TABLE passed_over (
	kind TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	records BIGINT NOT NULL, 
	PRIMARY KEY (kind, reason)
);
--
CREATE TABLE articles (
	ident_no TEXT NOT NULL, 
	name TEXT NOT NULL, 
	price_minor BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	vat_key TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	barcodes TEXT NOT NULL, 
	article_groups TEXT NOT NULL, 
	open_price BOOLEAN NOT NULL, 
	purchase_price_minor BIGINT NOT NULL, 
	age_limit BIGINT NOT NULL, 
	discountable BOOLEAN NOT NULL, 
	container_deposit TEXT NOT NULL, 
	removed BOOLEAN NOT NULL, 
	search_text TEXT NOT NULL, 
	bare_ident TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (ident_no)
);
--
CREATE INDEX articles_by_price ON articles (price_minor, ident_no);
--
CREATE INDEX articles_by_bare_ident ON articles (bare_ident);
--
CREATE TABLE article_barcodes (
	barcode TEXT NOT NULL, 
	ident_no TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (barcode, ident_no, stamp)
);
--
CREATE INDEX article_barcodes_by_ident ON article_barcodes (ident_no);
--
CREATE TABLE article_sources (
	member_id TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (member_id)
);
--
CREATE TABLE vat_rates (
	vat_key TEXT NOT NULL, 
	valid_from TEXT NOT NULL, 
	rate_bp BIGINT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (vat_key, valid_from)
);
--
CREATE TABLE audit_log (
	audit_id TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	action TEXT NOT NULL, 
	"user" TEXT NOT NULL, 
	at TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	approved_by TEXT NOT NULL, 
	sale_id TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (audit_id, member_id)
);
--
CREATE INDEX audit_by_time ON audit_log (at);
--
CREATE TABLE cash_movements (
	movement_id TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	z_no BIGINT NOT NULL, 
	movement TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	moved_at TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	cashier TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	approved_by TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (movement_id, member_id)
);
--
CREATE INDEX cash_movements_by_day ON cash_movements (business_day, till_no);
--
CREATE INDEX cash_movements_by_period ON cash_movements (till_no, z_no);
--
CREATE TABLE cash_counts (
	count_id TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	z_no BIGINT NOT NULL, 
	counted_at TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	cashier TEXT NOT NULL, 
	drawers TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (count_id, member_id)
);
--
CREATE TABLE coupons (
	code TEXT NOT NULL, 
	campaign_id TEXT NOT NULL, 
	issued_at TEXT NOT NULL, 
	issued_by TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	valid_from TEXT NOT NULL, 
	valid_until TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (code)
);
--
CREATE TABLE customers (
	customer_no TEXT NOT NULL, 
	person TEXT NOT NULL, 
	customer_group TEXT NOT NULL, 
	credit_limit_minor BIGINT NOT NULL, 
	blocked BOOLEAN NOT NULL, 
	removed BOOLEAN NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (customer_no)
);
--
CREATE TABLE forgotten_persons (
	person_id TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	forgotten_at TEXT NOT NULL, 
	"user" TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (person_id)
);
--
CREATE TABLE credit_payments (
	paid_id TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	paid_at TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (paid_id)
);
--
CREATE INDEX credit_payments_by_customer ON credit_payments (customer_no);
--
CREATE TABLE customer_receipts (
	receipt_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	counts BIGINT NOT NULL, 
	gross_minor BIGINT NOT NULL, 
	PRIMARY KEY (receipt_no, member_id)
);
--
CREATE INDEX customer_receipts_by_customer ON customer_receipts (customer_no, business_day);
--
CREATE TABLE customer_buyers (
	customer_no TEXT NOT NULL, 
	buyer_id TEXT NOT NULL, 
	PRIMARY KEY (customer_no, buyer_id)
);
--
CREATE TABLE document_numbers (
	kind TEXT NOT NULL, 
	prefix TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	member_id TEXT NOT NULL, 
	PRIMARY KEY (kind, prefix, sequence, member_id)
);
--
CREATE TABLE assigned_ranges (
	kind TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	prefix TEXT NOT NULL, 
	start BIGINT NOT NULL, 
	"end" BIGINT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (kind, till_no, prefix, start, "end")
);
--
CREATE TABLE orders (
	order_no TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	placed_at TEXT NOT NULL, 
	cashier TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	lines TEXT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	due_on TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	source TEXT NOT NULL, 
	paid_minor BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	sale_id TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (order_no)
);
--
CREATE INDEX orders_by_sale ON orders (sale_id);
--
CREATE INDEX orders_by_due ON orders (due_on, order_no);
--
CREATE INDEX orders_by_customer ON orders (customer_no, order_no);
--
CREATE TABLE order_changes (
	order_no TEXT NOT NULL, 
	lines TEXT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	due_on TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	paid_minor BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (order_no)
);
--
CREATE TABLE order_deposits (
	order_no TEXT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	at TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	lines TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (order_no, receipt_no)
);
--
CREATE TABLE order_cancellations (
	order_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	at TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (order_no, member_id)
);
--
CREATE TABLE overdraw_settlements (
	resource TEXT NOT NULL, 
	hold_id TEXT NOT NULL, 
	settlement_id TEXT NOT NULL, 
	settled_before BIGINT NOT NULL, 
	amount BIGINT NOT NULL, 
	how TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	"user" TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	settled_at TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (resource, hold_id, settlement_id)
);
--
CREATE TABLE parked_sales (
	park_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	parked_at TEXT NOT NULL, 
	cashier TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	lines BIGINT NOT NULL, 
	sale_id TEXT NOT NULL, 
	sale TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (park_no)
);
--
CREATE INDEX parked_sales_by_sale ON parked_sales (sale_id);
--
CREATE TABLE z_reports (
	till_no BIGINT NOT NULL, 
	z_no BIGINT NOT NULL, 
	member_id TEXT NOT NULL, 
	z_report_no TEXT NOT NULL, 
	closed_at TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	cashier TEXT NOT NULL, 
	receipts BIGINT NOT NULL, 
	gross_minor BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	body TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (till_no, z_no, member_id)
);
--
CREATE TABLE prices (
	ident_no TEXT NOT NULL, 
	price_list BIGINT NOT NULL, 
	valid_from TEXT NOT NULL, 
	valid_until TEXT NOT NULL, 
	price_minor BIGINT, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (ident_no, price_list, valid_from, valid_until)
);
--
CREATE TABLE receipts (
	receipt_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	prefix TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	sale_id TEXT NOT NULL, 
	z_no BIGINT NOT NULL, 
	receipt_type TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	finished_at TEXT NOT NULL, 
	cashier TEXT NOT NULL, 
	"user" TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	customer_group TEXT NOT NULL, 
	cost_centre TEXT NOT NULL, 
	voids TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	change_minor BIGINT NOT NULL, 
	goods_minor BIGINT NOT NULL, 
	discounts_minor BIGINT NOT NULL, 
	tax_minor BIGINT NOT NULL, 
	body TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (receipt_no, member_id)
);
--
CREATE INDEX receipts_by_period ON receipts (till_no, z_no, sequence);
--
CREATE INDEX receipts_by_number ON receipts (prefix, sequence);
--
CREATE INDEX receipts_by_day ON receipts (business_day, till_no, receipt_no, member_id, receipt_type, finished_at, cashier, customer_no, customer_group, cost_centre, currency, total_minor, goods_minor, discounts_minor, tax_minor);
--
CREATE TABLE aborted_sales (
	sale_id TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	z_no BIGINT NOT NULL, 
	business_day TEXT NOT NULL, 
	aborted_at TEXT NOT NULL, 
	cashier TEXT NOT NULL, 
	lines BIGINT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (sale_id, member_id)
);
--
CREATE TABLE delivery_notes (
	delivery_note_no TEXT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	customer_no TEXT NOT NULL, 
	issued_at TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	resource TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (delivery_note_no)
);
--
CREATE INDEX delivery_notes_by_customer ON delivery_notes (customer_no, delivery_note_no);
--
CREATE TABLE collective_invoices (
	invoice_no TEXT NOT NULL, 
	customer_no TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	issued_at TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	resource TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (invoice_no)
);
--
CREATE INDEX collective_invoices_by_customer ON collective_invoices (customer_no, invoice_no);
--
CREATE TABLE invoiced_notes (
	delivery_note_no TEXT NOT NULL, 
	invoice_no TEXT NOT NULL, 
	PRIMARY KEY (delivery_note_no, invoice_no)
);
--
CREATE TABLE invoices (
	invoice_no TEXT NOT NULL, 
	body TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (invoice_no)
);
--
CREATE TABLE reference_data (
	subject TEXT NOT NULL, 
	key TEXT NOT NULL, 
	value TEXT NOT NULL, 
	removed BOOLEAN NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (subject, key)
);
--
CREATE TABLE resource_grants (
	resource TEXT NOT NULL, 
	grant_id TEXT NOT NULL, 
	amount BIGINT NOT NULL, 
	granted_at TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	reference TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (resource, grant_id)
);
--
CREATE TABLE resource_holds (
	resource TEXT NOT NULL, 
	hold_id TEXT NOT NULL, 
	held_stamp TEXT, 
	held_by TEXT, 
	held_amount BIGINT, 
	sale_id TEXT, 
	till_no BIGINT, 
	held_at TEXT, 
	coverage TEXT, 
	value_minor BIGINT, 
	cashier TEXT, 
	business_day TEXT, 
	uncovered BIGINT, 
	released_stamp TEXT, 
	released_at TEXT, 
	release_reason TEXT, 
	used_stamp TEXT, 
	used_amount BIGINT, 
	reference TEXT, 
	used_at TEXT, 
	settled_amount BIGINT, 
	PRIMARY KEY (resource, hold_id)
);
--
CREATE INDEX uncovered_holds ON resource_holds (business_day) WHERE uncovered = 1;
--
CREATE TABLE users (
	"user" TEXT NOT NULL, 
	person TEXT NOT NULL, 
	roles TEXT NOT NULL, 
	rights TEXT NOT NULL, 
	pin_hash TEXT NOT NULL, 
	badge_hash TEXT NOT NULL, 
	valid_until TEXT NOT NULL, 
	removed BOOLEAN NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY ("user")
);
--
CREATE INDEX users_by_badge ON users (badge_hash);
--
CREATE TABLE vouchers (
	code TEXT NOT NULL, 
	voucher_kind TEXT NOT NULL, 
	value_minor BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	issued_at TEXT NOT NULL, 
	issued_by TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	vat_key TEXT NOT NULL, 
	expires_on TEXT NOT NULL, 
	ident_no TEXT NOT NULL, 
	replaces TEXT NOT NULL, 
	reloadable BOOLEAN NOT NULL, 
	vat_rate_bp BIGINT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (code)
);
--
CREATE TABLE voucher_blocks (
	code TEXT NOT NULL, 
	blocked BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	at TEXT NOT NULL, 
	till_no BIGINT NOT NULL, 
	"user" TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	PRIMARY KEY (code)
);
--
CREATE TABLE receipt_lines (
	receipt_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	row BIGINT NOT NULL, 
	business_case TEXT NOT NULL, 
	ident_no TEXT NOT NULL, 
	name TEXT NOT NULL, 
	quantity_milli BIGINT NOT NULL, 
	unit_price_minor BIGINT NOT NULL, 
	discounts_minor BIGINT NOT NULL, 
	gross_minor BIGINT NOT NULL, 
	vat_key TEXT NOT NULL, 
	vat_rate_bp BIGINT NOT NULL, 
	article_group TEXT NOT NULL, 
	article_group_2 TEXT NOT NULL, 
	article_group_3 TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	reference_line BIGINT NOT NULL, 
	PRIMARY KEY (receipt_no, member_id, row)
);
--
CREATE TABLE receipt_taxes (
	receipt_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	row BIGINT NOT NULL, 
	vat_key TEXT NOT NULL, 
	vat_rate_bp BIGINT NOT NULL, 
	gross_minor BIGINT NOT NULL, 
	net_minor BIGINT NOT NULL, 
	tax_minor BIGINT NOT NULL, 
	PRIMARY KEY (receipt_no, member_id, row)
);
--
CREATE TABLE receipt_tenders (
	receipt_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	row BIGINT NOT NULL, 
	tender TEXT NOT NULL, 
	tender_kind TEXT NOT NULL, 
	role TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	foreign_minor BIGINT NOT NULL, 
	reference TEXT NOT NULL, 
	PRIMARY KEY (receipt_no, member_id, row)
);
--
CREATE TABLE receipt_discounts (
	receipt_no TEXT NOT NULL, 
	member_id TEXT NOT NULL, 
	row BIGINT NOT NULL, 
	line BIGINT NOT NULL, 
	rule TEXT NOT NULL, 
	rule_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	PRIMARY KEY (receipt_no, member_id, row)
);
--
CREATE TABLE books_version (
	version_num VARCHAR(32) NOT NULL, 
	PRIMARY KEY (version_num)
);
--
INSERT INTO books_version VALUES ('14');
--
INSERT INTO article_barcodes (barcode, ident_no, stamp) VALUES ('4006381333931', '17', '0000000000000000-00000/a/000000000001');
--
INSERT INTO article_sources (member_id, stamp) VALUES ('a', '0000000000000000-00000/a/000000000001');
--
INSERT INTO articles (ident_no, name, price_minor, currency, vat_key, unit, barcodes, article_groups, open_price, purchase_price_minor, age_limit, discountable, container_deposit, removed, search_text, bare_ident, stamp) VALUES ('17', 'Bergkäse ''alt''', 1690, 'EUR', '2', 'Stk', '["4006381333931"]', '["Käse"]', false, 0, 0, true, '', false, ' bergkase ''alt'' 17 4006381333931  kase', '17', '0000000000000000-00000/a/000000000001');
--
INSERT INTO cash_movements (movement_id, member_id, till_no, z_no, movement, currency, amount_minor, moved_at, business_day, cashier, reason, approved_by, stamp) VALUES ('m1', 'b', 2, 1, 'opening_float', 'EUR', 10000, 't', '2026-11-21', 'anna', '', '', '0000000000000001-00000/b/000000000001');
--
INSERT INTO customer_receipts (receipt_no, member_id, customer_no, business_day, counts, gross_minor) VALUES ('1-000004', 'a', '10001', '2026-11-21', 1, 1878);
--
INSERT INTO customers (customer_no, person, customer_group, credit_limit_minor, blocked, removed, stamp) VALUES ('10001', 'sealed', 'A', 500, false, false, '0000000000000001-00000/b/000000000001');
--
INSERT INTO document_numbers (kind, prefix, sequence, member_id) VALUES ('customer', '', 10001, 'b');
--
INSERT INTO overdraw_settlements (resource, hold_id, settlement_id, settled_before, amount, how, reason, "user", till_no, settled_at, stamp) VALUES ('voucher/7010000000000', 'h1', 'o1', 0, 1, 'written_off', 'x', 'chef', 1, 't', '0000000000000007-00000/b/000000000003');
--
INSERT INTO positions (member_id, topic, seq) VALUES ('a', 'master', 2);
--
INSERT INTO positions (member_id, topic, seq) VALUES ('b', 'circulation', 3);
--
INSERT INTO positions (member_id, topic, seq) VALUES ('b', 'sales', 1);
--
INSERT INTO positions (member_id, topic, seq) VALUES ('a', 'circulation', 5);
--
INSERT INTO positions (member_id, topic, seq) VALUES ('a', 'sales', 4);
--
INSERT INTO receipts (receipt_no, member_id, till_no, prefix, sequence, sale_id, z_no, receipt_type, business_day, finished_at, cashier, "user", customer_no, customer_group, cost_centre, voids, currency, total_minor, change_minor, goods_minor, discounts_minor, tax_minor, body, stamp) VALUES ('1-000001', 'a', 1, '1-', 1, '00000001-00000001-4a5e-9c41-7d0f5b6a2c11', 1, 'receipt', '2026-11-21', '2026-11-21T08:00:01.930Z', 'anna', 'anna', '', '', '', '', 'EUR', 2378, 622, 1878, 0, 300, '{"receipt_no":"1-000001","till_no":1,"sale_id":"00000001-00000001-4a5e-9c41-7d0f5b6a2c11","started_at":"2026-11-21T08:00:01.120Z","finished_at":"2026-11-21T08:00:01.930Z","business_day":"2026-11-21","cashier":"anna","currency":"EUR","lines":[{"line":1,"business_case":"sale","name":"Vogelfutter 1 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":499,"gross_minor":499,"ident_no":"2","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":2,"business_case":"sale","name":"Vogelfutter 2 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":1290,"gross_minor":1290,"ident_no":"3","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":3,"business_case":"sale","name":"Vogelfutter 3 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":89,"gross_minor":89,"ident_no":"4","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":4,"business_case":"voucher_sale","name":"Gutschein","quantity_milli":1000,"unit":"Stk","unit_price_minor":500,"gross_minor":500,"voucher_code":"7010000000000"}],"tax_table":[{"vat_key":"1","vat_rate_bp":1900,"gross_minor":1878,"net_minor":1578,"tax_minor":300},{"vat_key":"","vat_rate_bp":0,"gross_minor":500,"net_minor":500,"tax_minor":0}],"tenders":[{"tender":"cash","currency":"EUR","amount_minor":3000,"tender_kind":"cash","name":"Bar","opens_drawer":true},{"tender":"cash","currency":"EUR","amount_minor":-622,"role":"change","tender_kind":"cash","name":"Bar"}],"total_minor":2378,"change_minor":622,"z_no":1,"user":"anna"}', '0000000000000002-00000/a/000000000001');
--
INSERT INTO receipts (receipt_no, member_id, till_no, prefix, sequence, sale_id, z_no, receipt_type, business_day, finished_at, cashier, "user", customer_no, customer_group, cost_centre, voids, currency, total_minor, change_minor, goods_minor, discounts_minor, tax_minor, body, stamp) VALUES ('1-000002', 'a', 1, '1-', 2, '00000001-00000002-4a5e-9c41-7d0f5b6a2c11', 1, 'receipt', '2026-11-21', '2026-11-21T08:00:02.930Z', 'anna', 'anna', '', '', '', '', 'EUR', 1878, 372, 1878, 0, 300, '{"receipt_no":"1-000002","till_no":1,"sale_id":"00000001-00000002-4a5e-9c41-7d0f5b6a2c11","started_at":"2026-11-21T08:00:02.120Z","finished_at":"2026-11-21T08:00:02.930Z","business_day":"2026-11-21","cashier":"anna","currency":"EUR","lines":[{"line":1,"business_case":"sale","name":"Vogelfutter 1 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":499,"gross_minor":499,"ident_no":"3","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":2,"business_case":"sale","name":"Vogelfutter 2 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":1290,"gross_minor":1290,"ident_no":"4","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":3,"business_case":"sale","name":"Vogelfutter 3 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":89,"gross_minor":89,"ident_no":"5","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]}],"tax_table":[{"vat_key":"1","vat_rate_bp":1900,"gross_minor":1878,"net_minor":1578,"tax_minor":300}],"tenders":[{"tender":"voucher","currency":"EUR","amount_minor":250,"reference":"7010000000000","hold_id":"00000001-00000002-4a5e-9c41-7d0f5b6a2c11/2","tender_kind":"voucher","name":"Gutschein"},{"tender":"cash","currency":"EUR","amount_minor":2000,"tender_kind":"cash","name":"Bar","opens_drawer":true},{"tender":"cash","currency":"EUR","amount_minor":-372,"role":"change","tender_kind":"cash","name":"Bar"}],"total_minor":1878,"change_minor":372,"z_no":1,"user":"anna"}', '0000000000000004-00000/a/000000000002');
--
INSERT INTO receipts (receipt_no, member_id, till_no, prefix, sequence, sale_id, z_no, receipt_type, business_day, finished_at, cashier, "user", customer_no, customer_group, cost_centre, voids, currency, total_minor, change_minor, goods_minor, discounts_minor, tax_minor, body, stamp) VALUES ('1-000003', 'a', 1, '1-', 3, '00000001-00000003-4a5e-9c41-7d0f5b6a2c11', 1, 'receipt', '2026-11-21', '2026-11-21T08:00:03.930Z', 'anna', 'anna', '', '', '', '', 'EUR', 1878, 372, 1878, 0, 300, '{"receipt_no":"1-000003","till_no":1,"sale_id":"00000001-00000003-4a5e-9c41-7d0f5b6a2c11","started_at":"2026-11-21T08:00:03.120Z","finished_at":"2026-11-21T08:00:03.930Z","business_day":"2026-11-21","cashier":"anna","currency":"EUR","lines":[{"line":1,"business_case":"sale","name":"Vogelfutter 1 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":499,"gross_minor":499,"ident_no":"4","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":2,"business_case":"sale","name":"Vogelfutter 2 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":1290,"gross_minor":1290,"ident_no":"5","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":3,"business_case":"sale","name":"Vogelfutter 3 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":89,"gross_minor":89,"ident_no":"6","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]}],"tax_table":[{"vat_key":"1","vat_rate_bp":1900,"gross_minor":1878,"net_minor":1578,"tax_minor":300}],"tenders":[{"tender":"voucher","currency":"EUR","amount_minor":250,"reference":"7010000000000","hold_id":"00000001-00000003-4a5e-9c41-7d0f5b6a2c11/3","tender_kind":"voucher","name":"Gutschein"},{"tender":"cash","currency":"EUR","amount_minor":2000,"tender_kind":"cash","name":"Bar","opens_drawer":true},{"tender":"cash","currency":"EUR","amount_minor":-372,"role":"change","tender_kind":"cash","name":"Bar"}],"total_minor":1878,"change_minor":372,"z_no":1,"user":"anna"}', '0000000000000005-00000/a/000000000003');
--
INSERT INTO receipts (receipt_no, member_id, till_no, prefix, sequence, sale_id, z_no, receipt_type, business_day, finished_at, cashier, "user", customer_no, customer_group, cost_centre, voids, currency, total_minor, change_minor, goods_minor, discounts_minor, tax_minor, body, stamp) VALUES ('1-000004', 'a', 1, '1-', 4, '00000001-00000004-4a5e-9c41-7d0f5b6a2c11', 1, 'receipt', '2026-11-21', '2026-11-21T08:00:04.930Z', 'anna', 'anna', '10001', '', '', '', 'EUR', 1878, 122, 1878, 0, 300, '{"receipt_no":"1-000004","till_no":1,"sale_id":"00000001-00000004-4a5e-9c41-7d0f5b6a2c11","started_at":"2026-11-21T08:00:04.120Z","finished_at":"2026-11-21T08:00:04.930Z","business_day":"2026-11-21","cashier":"anna","currency":"EUR","lines":[{"line":1,"business_case":"sale","name":"Vogelfutter 1 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":499,"gross_minor":499,"ident_no":"5","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":2,"business_case":"sale","name":"Vogelfutter 2 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":1290,"gross_minor":1290,"ident_no":"6","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]},{"line":3,"business_case":"sale","name":"Vogelfutter 3 kg","quantity_milli":1000,"unit":"Stk","unit_price_minor":89,"gross_minor":89,"ident_no":"7","barcode":"2000000260105","vat_key":"1","vat_rate_bp":1900,"article_groups":["FUTTER"]}],"tax_table":[{"vat_key":"1","vat_rate_bp":1900,"gross_minor":1878,"net_minor":1578,"tax_minor":300}],"tenders":[{"tender":"cash","currency":"EUR","amount_minor":2000,"tender_kind":"cash","name":"Bar","opens_drawer":true},{"tender":"cash","currency":"EUR","amount_minor":-122,"role":"change","tender_kind":"cash","name":"Bar"}],"total_minor":1878,"change_minor":122,"z_no":1,"user":"anna","customer_no":"10001"}', '0000000000000006-00000/a/000000000004');
--
INSERT INTO resource_grants (resource, grant_id, amount, granted_at, till_no, reference, reason, stamp) VALUES ('voucher/7010000000000', 'issue', 500, '2026-11-21T08:00:01.930Z', 1, '1-000001', '', '0000000000000002-00000/a/000000000001');
--
INSERT INTO resource_holds (resource, hold_id, held_stamp, held_by, held_amount, sale_id, till_no, held_at, coverage, value_minor, cashier, business_day, uncovered, released_stamp, released_at, release_reason, used_stamp, used_amount, reference, used_at, settled_amount) VALUES ('voucher/7010000000000', '00000001-00000002-4a5e-9c41-7d0f5b6a2c11/2', '0000000000000003-00000/a/000000000002', 'a', 250, '00000001-00000002-4a5e-9c41-7d0f5b6a2c11', 1, '2026-11-21T08:00:02.120Z', '{"complete":true,"promised":["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","cccccccccccccccccccccccccccccccc"],"missing":[]}', 0, '', '', 0, NULL, NULL, NULL, '0000000000000003-00000/a/000000000003', 250, '1-000002', '2026-11-21T08:00:02.930Z', NULL);
--
INSERT INTO resource_holds (resource, hold_id, held_stamp, held_by, held_amount, sale_id, till_no, held_at, coverage, value_minor, cashier, business_day, uncovered, released_stamp, released_at, release_reason, used_stamp, used_amount, reference, used_at, settled_amount) VALUES ('voucher/7010000000000', '00000001-00000003-4a5e-9c41-7d0f5b6a2c11/3', '0000000000000004-00000/a/000000000004', 'a', 250, '00000001-00000003-4a5e-9c41-7d0f5b6a2c11', 1, '2026-11-21T08:00:03.120Z', '{"complete":true,"promised":["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","cccccccccccccccccccccccccccccccc"],"missing":[]}', 0, '', '', 0, NULL, NULL, NULL, '0000000000000005-00000/a/000000000005', 250, '1-000003', '2026-11-21T08:00:03.930Z', NULL);
--
INSERT INTO resource_holds (resource, hold_id, held_stamp, held_by, held_amount, sale_id, till_no, held_at, coverage, value_minor, cashier, business_day, uncovered, released_stamp, released_at, release_reason, used_stamp, used_amount, reference, used_at, settled_amount) VALUES ('voucher/7010000000000', 'h1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '0000000000000006-00000/b/000000000002', 't', 'void', NULL, NULL, NULL, NULL, 1);
--
INSERT INTO vat_rates (vat_key, valid_from, rate_bp, stamp) VALUES ('2', '2020-01-01', 700, '0000000000000000-00000/a/000000000002');
--
INSERT INTO vouchers (code, voucher_kind, value_minor, currency, issued_at, issued_by, till_no, receipt_no, vat_key, expires_on, ident_no, replaces, reloadable, vat_rate_bp, stamp) VALUES ('7010000000000', 'multi_purpose', 500, 'EUR', '2026-11-21T08:00:01.930Z', 'a', 1, '1-000001', '', '', '', '', false, 0, '0000000000000002-00000/a/000000000001');
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000001', 'a', 1, 'sale', '2', 'Vogelfutter 1 kg', 1000, 499, 0, 499, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000001', 'a', 2, 'sale', '3', 'Vogelfutter 2 kg', 1000, 1290, 0, 1290, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000001', 'a', 3, 'sale', '4', 'Vogelfutter 3 kg', 1000, 89, 0, 89, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000001', 'a', 4, 'voucher_sale', '', 'Gutschein', 1000, 500, 0, 500, '', 0, '', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000002', 'a', 1, 'sale', '3', 'Vogelfutter 1 kg', 1000, 499, 0, 499, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000002', 'a', 2, 'sale', '4', 'Vogelfutter 2 kg', 1000, 1290, 0, 1290, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000002', 'a', 3, 'sale', '5', 'Vogelfutter 3 kg', 1000, 89, 0, 89, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000003', 'a', 1, 'sale', '4', 'Vogelfutter 1 kg', 1000, 499, 0, 499, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000003', 'a', 2, 'sale', '5', 'Vogelfutter 2 kg', 1000, 1290, 0, 1290, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000003', 'a', 3, 'sale', '6', 'Vogelfutter 3 kg', 1000, 89, 0, 89, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000004', 'a', 1, 'sale', '5', 'Vogelfutter 1 kg', 1000, 499, 0, 499, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000004', 'a', 2, 'sale', '6', 'Vogelfutter 2 kg', 1000, 1290, 0, 1290, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_lines (receipt_no, member_id, row, business_case, ident_no, name, quantity_milli, unit_price_minor, discounts_minor, gross_minor, vat_key, vat_rate_bp, article_group, article_group_2, article_group_3, reference, reference_line) VALUES ('1-000004', 'a', 3, 'sale', '7', 'Vogelfutter 3 kg', 1000, 89, 0, 89, '1', 1900, 'FUTTER', '', '', '', 0);
--
INSERT INTO receipt_taxes (receipt_no, member_id, row, vat_key, vat_rate_bp, gross_minor, net_minor, tax_minor) VALUES ('1-000001', 'a', 1, '1', 1900, 1878, 1578, 300);
--
INSERT INTO receipt_taxes (receipt_no, member_id, row, vat_key, vat_rate_bp, gross_minor, net_minor, tax_minor) VALUES ('1-000001', 'a', 2, '', 0, 500, 500, 0);
--
INSERT INTO receipt_taxes (receipt_no, member_id, row, vat_key, vat_rate_bp, gross_minor, net_minor, tax_minor) VALUES ('1-000002', 'a', 1, '1', 1900, 1878, 1578, 300);
--
INSERT INTO receipt_taxes (receipt_no, member_id, row, vat_key, vat_rate_bp, gross_minor, net_minor, tax_minor) VALUES ('1-000003', 'a', 1, '1', 1900, 1878, 1578, 300);
--
INSERT INTO receipt_taxes (receipt_no, member_id, row, vat_key, vat_rate_bp, gross_minor, net_minor, tax_minor) VALUES ('1-000004', 'a', 1, '1', 1900, 1878, 1578, 300);
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000001', 'a', 1, 'cash', 'cash', 'payment', 'EUR', 3000, 0, '');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000001', 'a', 2, 'cash', 'cash', 'change', 'EUR', -622, 0, '');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000002', 'a', 1, 'voucher', 'voucher', 'payment', 'EUR', 250, 0, '7010000000000');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000002', 'a', 2, 'cash', 'cash', 'payment', 'EUR', 2000, 0, '');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000002', 'a', 3, 'cash', 'cash', 'change', 'EUR', -372, 0, '');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000003', 'a', 1, 'voucher', 'voucher', 'payment', 'EUR', 250, 0, '7010000000000');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000003', 'a', 2, 'cash', 'cash', 'payment', 'EUR', 2000, 0, '');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000003', 'a', 3, 'cash', 'cash', 'change', 'EUR', -372, 0, '');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000004', 'a', 1, 'cash', 'cash', 'payment', 'EUR', 2000, 0, '');
--
INSERT INTO receipt_tenders (receipt_no, member_id, row, tender, tender_kind, role, currency, amount_minor, foreign_minor, reference) VALUES ('1-000004', 'a', 2, 'cash', 'cash', 'change', 'EUR', -122, 0, '');
--
