"""What people query: KPI rows and views of them."""
