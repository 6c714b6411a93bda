guichet rehearse testimony-support --cases 1000 --replications 8 --csv \
  --procedure next-available --procedure guichet-unique > rehearsal.csv
awk -F, '$1 == "guichet-unique - next-available" { end[$2 "," $5] = $6 }
         END { split("abandoned_share agents messages elapsed_days desk_hours seller_hours closed_alone_share", all, " ")
               for (i = 1; i in all; ++i) {
                 low = end[all[i] ",low"]; high = end[all[i] ",high"]
                 print all[i] ": " (high < 0 ? "falls" : low > 0 ? "rises" : "cannot be told apart") } }' rehearsal.csv
