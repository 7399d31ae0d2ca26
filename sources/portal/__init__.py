"""The national portal's sync services, as one-stop systems call them (domain, sections 5.1 and 5.2).

`DongBoHoSoMC` sends snapshots of dossiers, `CapNhatTienDoHoSoMC` the steps of handling, and
`DongBoThongKeHoSo` the totals of a month. All values are strings, times are `yyyyMMddHHmmss` in Vietnam, and
an empty string means none.
"""
