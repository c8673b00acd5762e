package pid
