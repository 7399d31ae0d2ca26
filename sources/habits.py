"""Habits of senders that are noticed and counted, in the words in which they are told."""

ABOUT = {
    "status_rewritten": "Hồ sơ đang chờ bổ sung được gửi là đã xong"
    " / waiting for a supplement, sent as ended",
    "counter_marked_paid_online": "Nộp tại quầy nhưng ghi thanh toán trực tuyến"
    " / at the counter, marked as paid online",
    "component_as_result": "Gửi tệp thành phần làm kết quả / a component's file sent as the result",
    "code_shape": "Mã hồ sơ không đúng quy cách / the dossier code has an unusual shape",
    "code_date_differs": "Ngày trong mã hồ sơ khác ngày nộp, ngày tiếp nhận: mã có thể là ngẫu nhiên"
    " / the code's date is neither that of submission nor of acceptance: it may be a random one",
    "fake_identity": "Số giấy tờ giả / a made-up identity number",
    "supplement_without_list": "Chờ bổ sung nhưng không có yêu cầu còn mở"
    " / waits for a supplement, but no request is open",
    "received_without_date": "Đã tiếp nhận nhưng không có NgayTiepNhan / accepted without a date",
    "ended_without_date": "Đã xong nhưng không có NgayKetThucXuLy / ended without a date",
    "ended_before_received": "Xong trước khi tiếp nhận / ended before it was accepted",
    "online_for_offline_service": "Nộp trực tuyến thủ tục không trực tuyến"
    " / online, but the service is not offered so",
    "agency_by_name": "DonViXuLy không có mã; dùng madonvi / DonViXuLy is no code; the sender's was taken",
    "unknown_field": "Trường không có trong định dạng / a field that the format does not have",
    "unknown_personal_field": "Trường lạ chứa dữ liệu cá nhân, đã bỏ"
    " / an unknown field with personal data, dropped",
    "identity_broken": "Số liệu tháng tự mâu thuẫn / the month's totals contradict themselves",
    "status_message": "Bản tin trạng thái, không phải văn bản / a status message, no document",
    "empty_signature": "Thẻ chữ ký số rỗng / the signature element is empty",
    "other_change": "Thay đổi của bảng khác, hoặc không phải của một dòng"
    " / a change of another table, or of no row",
    "footer_row": "Dòng tổng, dòng ký tên dưới bảng, bỏ qua"
    " / a sum or a signature below the list, passed over",
    "deleted_row": "Bản ghi đã xoá / a deleted row",
    "exempt": "Miễn phí, không thu phí / exempt from the fee",
}
"""Every habit and note, in Vietnamese and English."""
