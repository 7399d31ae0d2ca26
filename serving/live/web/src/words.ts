// Every text of the page, Vietnamese and English; names of KPIs come from the API.

export type Language = "vi" | "en";
export type Words = readonly [vi: string, en: string];

export const WORDS = {
  title: ["Cải cách hành chính", "Administrative reform"],
  other: ["English", "Tiếng Việt"],
  headlines: ["Chỉ số chính", "Headline figures"],
  period: ["Kỳ", "Period"],
  all: ["Toàn bộ", "Everything"],
  place: ["Cơ quan đang xem", "Agency shown"],
  target: ["Mục tiêu", "Target"],
  reached: ["đạt", "reached"],
  missed: ["chưa đạt", "not reached"],
  before: ["so với kỳ trước", "against the period before"],
  points: ["điểm %", "points"],
  none: ["Không có dữ liệu", "No data"],
  why: ["Vì sao?", "Why?"],
  ranking: ["Xếp hạng cơ quan", "Agencies ranked"],
  by: ["Theo chỉ số", "By figure"],
  rank: ["Hạng", "Rank"],
  agency: ["Cơ quan", "Agency"],
  value: ["Giá trị", "Value"],
  sides: ["Tử số / mẫu số", "Above / below the line"],
  change: ["Thay đổi", "Change"],
  few: ["Chỉ xếp hạng khi mẫu số từ", "Ranked from a denominator of"],
  freshness: ["Độ mới của dữ liệu", "How new the data are"],
  source: ["Nguồn", "Source"],
  last: ["Sự kiện gần nhất", "Latest event"],
  events: ["Sự kiện", "Events"],
  live: ["Trực tiếp", "Live"],
  counted: ["số liệu ghi lúc {0}", "counted at {0}"],
  connecting: ["Đang kết nối…", "Connecting…"],
  lost: ["Mất kết nối với máy chủ. Số liệu dưới đây là của lúc {0}; đang kết nối lại…",
    "The connection to the server is lost. The figures below are of {0}; reconnecting…"],
  stale: ["Không có dữ liệu mới từ {0}. Kiểm tra các nguồn gửi dữ liệu.",
    "No new data since {0}. Check the systems that send data."],
  failed: ["Không đọc được số liệu: {0}", "The figures cannot be read: {0}"],
  key: ["Khoá API", "API key"],
  keyWhy: ["Máy chủ yêu cầu khoá API. Khoá chỉ được giữ trong thẻ trình duyệt này.",
    "The server asks for an API key. It is kept in this browser tab only."],
  keyOr: ["Hoặc dùng khoá API; khoá chỉ được giữ trong thẻ trình duyệt này.", "Or use an API key; it is kept in this browser tab only."],
  signIn: ["Đăng nhập", "Sign in"],
  signOut: ["Đăng xuất", "Sign out"],
  signedIn: ["Đang đăng nhập: {0}", "Signed in: {0}"],
  open: ["Mở", "Open"],
  close: ["Đóng", "Close"],
  back: ["Quay lại", "Back"],
  basis: ["Căn cứ", "Legal basis"],
  rule: ["Cách tính", "The rule"],
  numerator: ["Tử số", "Above the line"],
  denominator: ["Mẫu số", "Below the line"],
  missing: ["Có ở mẫu số, thiếu ở tử số", "Below the line, missing above"],
  behind: ["Danh sách đứng sau con số", "What stands behind the number"],
  operators: ["Danh sách chỉ mở cho khoá có vai trò operator.", "Lists are open to keys with the role operator."],
  days: ["Theo ngày", "Day by day"],
  day: ["Ngày", "Day"],
  procedures: ["Thủ tục thiếu nhiều nhất", "Procedures that miss most"],
  procedure: ["Thủ tục", "Procedure"],
  short: ["Thiếu", "Missing"],
  subject: ["Mã", "Key"],
  received: ["Tiếp nhận", "Received"],
  due: ["Hạn", "Due"],
  ended: ["Kết thúc", "Ended"],
  channel: ["Kênh", "Channel"],
  history: ["Diễn biến", "History"],
  time: ["Thời điểm", "Time"],
  event: ["Sự kiện", "Event"],
  facts: ["Nội dung", "Content"],
  more: ["Xem thêm", "More"],
  ticker: ["Vừa diễn ra", "Happening now"],
  quiet: ["Không có sự kiện nào trong hai ngày qua.", "No event in the last two days."],
  alerts: ["Cảnh báo", "Alerts"],
  calm: ["Không có cảnh báo nào.", "No alerts."],
  unwatched: ["Chưa hỏi được hệ thống cảnh báo.", "The alerting system does not answer."],
  since: ["từ {0}", "since {0}"],
  only: ["Chỉ thủ tục {0}", "Procedure {0} only"],
  whole: ["Mọi thủ tục", "All procedures"],
  skip: ["Đến nội dung chính", "Skip to the content"],
  loading: ["Đang đọc…", "Loading…"],
  lowest: ["thấp nhất {0}, cao nhất {1}, gần nhất {2}", "lowest {0}, highest {1}, latest {2}"],
  counts: ["Đếm {0} theo {1}, khi: {2}", "Counts {0} by {1}, where: {2}"],
  sums: ["Cộng {3} của {0} theo {1}, khi: {2}", "Adds up {3} of {0} by {1}, where: {2}"],
} satisfies Record<string, Words>;

export const PERIODS: Record<string, Words> = {
  "24h": ["24 giờ qua", "Last 24 hours"],
  "7d": ["7 ngày qua", "Last 7 days"],
  "30d": ["30 ngày qua", "Last 30 days"],
  month: ["Tháng này", "This month"],
  quarter: ["Quý này", "This quarter"],
  year: ["Năm nay", "This year"],
};

// What the catalogue's rules are made of. A condition that is not here is shown as it is written.
export const RULE_WORDS: Record<string, Words> = {
  dossier: ["hồ sơ", "dossiers"],
  document: ["văn bản", "documents"],
  feedback: ["phản ánh, kiến nghị", "feedback"],
  payment: ["khoản thanh toán", "payments"],
  service: ["dịch vụ công", "services"],
  task: ["nhiệm vụ", "tasks"],
  issued_at: ["ngày ban hành", "the day of issue"],
  accept_due_at: ["hạn tiếp nhận", "the day until which to accept it"],
  due_at: ["hạn trả kết quả", "the day it is due"],
  ended_at: ["ngày kết thúc", "the day it ended"],
  received_at: ["ngày tiếp nhận", "the day it was received"],
  refused_at: ["ngày từ chối", "the day it was refused"],
  waiting_since: ["ngày bắt đầu chờ bổ sung", "the day it began to wait"],
  answered_at: ["ngày trả lời", "the day of the answer"],
  settled_at: ["ngày thanh toán", "the day of payment"],
  offered_at: ["ngày cung cấp", "the day it was first offered"],
  withdrawn_at: ["ngày ngừng cung cấp", "the day it was withdrawn"],
  assigned_at: ["ngày giao", "the day it was assigned"],
  amount: ["số tiền", "the amount"],
  "NOT voided": ["không bị huỷ", "not voided"],
  "channel = 'online'": ["nộp trực tuyến", "submitted online"],
  "service_level = 'full'": ["thuộc dịch vụ công toàn trình", "of a full-process service"],
  fee_due: ["có phí, lệ phí", "with a fee"],
  "paid_channel IN ('portal', 'gateway')": ["thanh toán trực tuyến", "paid online"],
  "form IN ('electronic', 'both')": ["dạng điện tử", "in electronic form"],
  "recalled_at IS NULL": ["không bị thu hồi", "not recalled"],
  "(signed_person_at IS NOT NULL OR signed_agency_at IS NOT NULL)":
    ["có chữ ký số cá nhân hoặc cơ quan", "signed by a person or the agency"],
  "received_at IS NOT NULL": ["đã tiếp nhận", "received"],
  "(ended_at IS NULL OR ended_at >= received_at)": ["chưa kết thúc trước khi tiếp nhận", "not ended before it was received"],
  "ended_at >= received_at": ["kết thúc sau khi tiếp nhận", "ended after it was received"],
  "(due_at IS NULL OR date(ended_at) <= date(due_at))": ["kết thúc trong hạn hoặc không có hạn", "ended in time, or without a due date"],
  "(ended_at IS NULL OR date(ended_at) > date(due_at))": ["chưa kết thúc khi đến hạn", "not ended when due"],
  "date(ended_at) > date(due_at)": ["kết thúc sau hạn", "ended after it was due"],
  "ended_at IS NULL": ["chưa kết thúc", "not ended"],
  "outcome = 'granted'": ["được giải quyết", "granted"],
  "apologised_at IS NOT NULL": ["đã xin lỗi", "with an apology"],
  "synced_at IS NOT NULL": ["đã đồng bộ lên Cổng quốc gia", "synced to the national portal"],
  satisfied: ["hài lòng", "satisfied"],
  "satisfied IS NOT NULL": ["đã được đánh giá", "rated"],
  eligible_full: ["đủ điều kiện toàn trình", "eligible for full process"],
  "level = 'full'": ["toàn trình", "full process"],
  "level IN ('full', 'partial')": ["toàn trình hoặc một phần", "full or partial process"],
  "status = 'settled'": ["đã thanh toán", "settled"],
  "channel IN ('portal', 'gateway')": ["qua kênh trực tuyến", "through an online channel"],
};

const SEVERITIES: Record<string, Words> = {
  critical: ["Nghiêm trọng", "Critical"],
  warning: ["Cảnh báo", "Warning"],
  info: ["Lưu ý", "Note"],
};

// What happened to what: `vn.reform.dossier.received.v1`.
const HAPPENINGS: Record<string, Words> = {
  submitted: ["nộp trực tuyến", "submitted"],
  received: ["tiếp nhận", "received"],
  refused: ["từ chối", "refused"],
  supplement_requested: ["yêu cầu bổ sung", "supplement requested"],
  supplement_received: ["đã bổ sung", "supplement received"],
  extended: ["gia hạn", "extended"],
  stopped: ["dừng", "stopped"],
  fee_paid: ["đã nộp phí", "fee paid"],
  fee_refunded: ["hoàn phí", "fee refunded"],
  ended: ["giải quyết xong", "ended"],
  returned: ["trả kết quả", "returned"],
  apologised: ["xin lỗi", "apologised"],
  rated: ["đánh giá", "rated"],
  synced: ["đồng bộ Cổng quốc gia", "synced"],
  corrected: ["đính chính", "corrected"],
  voided: ["huỷ", "voided"],
  snapshot: ["cập nhật", "snapshot"],
  issued: ["ban hành", "issued"],
  signed: ["ký số", "signed"],
  sent: ["gửi liên thông", "sent"],
  recalled: ["thu hồi", "recalled"],
  requested: ["yêu cầu thanh toán", "requested"],
  settled: ["thanh toán xong", "settled"],
  failed: ["thanh toán lỗi", "failed"],
  refunded: ["hoàn tiền", "refunded"],
  offered: ["cung cấp", "offered"],
  changed: ["thay đổi", "changed"],
  withdrawn: ["ngừng cung cấp", "withdrawn"],
  answered: ["trả lời", "answered"],
  assigned: ["giao", "assigned"],
  done: ["hoàn thành", "done"],
};

let language: Language = "vi";

export const spoken = (): Language => language;

export function speak(wanted: Language): void {
  language = wanted;
  document.documentElement.lang = wanted;
}

export const pick = (words: Words): string => words[language === "vi" ? 0 : 1];

export function say(name: keyof typeof WORDS, ...parts: string[]): string {
  return pick(WORDS[name]).replace(/\{(\d)\}/g, (_, number) => parts[Number(number)] ?? "");
}

export const severity = (name: string): string => (SEVERITIES[name] ? pick(SEVERITIES[name]) : name);

export function happening(type: string): string {
  const [, , entity = "", event = ""] = type.split(".");
  const what = HAPPENINGS[event];
  return `${inWords(entity)}: ${what ? pick(what) : event}`;
}

const AND = / AND (?![^(]*\))/;

export const inWords = (code: string): string => {
  const found = RULE_WORDS[code];
  return found ? pick(found) : code;
};

export const condition = (where: string): string => where.split(AND).map(inWords).join("; ");
