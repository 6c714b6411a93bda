guichet measure samples/marketplace.csv.gz --mapping samples/marketplace.toml --language en |
  sed -n '/^Closing by the clock$/,/^$/p'
guichet measure samples/marketplace.csv.gz --mapping samples/marketplace.toml --csv | grep -E '^measure,|^restarts,'
