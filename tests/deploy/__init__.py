"""What runs the program: the compose files, the image, the chart, tried as far as it goes without Docker."""
