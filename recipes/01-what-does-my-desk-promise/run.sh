guichet explain guichet-unique --language en | sed -n '1,/^$/p; /^In short/,/^$/p'
guichet explain guichet-unique --language fr | sed -n '1,/^$/p; /^En bref/,/^$/p'
