module onestop.invalid/pause

go 1.24
