for procedure in next-available p2b-minimum guichet-unique; do
  guichet lint $procedure --language en > findings.txt && echo "exit code 0" || echo "exit code $?"
  tail -n 2 findings.txt
done
