guichet audit samples/seller-alone.mbox --mapping samples/seller-alone.toml --language fr
guichet audit samples/seller-alone.mbox --language fr -o report.html
grep -o '<li id="m' report.html | wc -l
