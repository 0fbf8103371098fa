# References for PHQ-9, GAD-7, WHO-5, CDC HRQOL-4, ESAS-r and the NCCN Distress Thermometer.
#
# PHQ-9: instruction manual (sum 0-27; prorated when at most 2 of 9 are missing). GAD-7: sum 0-21;
# prorated when at most 1 of 7 is missing, by the same practice. WHO-5: WHO 2024, sum times 4, all
# five needed. HRQOL-4: CDC, unhealthy days = min(30, physical + mental). ESAS-r: Edmonton manual,
# sums without imputation. The thermometer is its one item.

source("common.R")

prorated <- function(values, need) {
  count <- answered(values)
  only_if(count >= need, rowSums(values, na.rm = TRUE) * ncol(values) / count)
}

# Item 10 is asked and not scored.
codes <- numbered(1:10, 0:3)
forms <- make_forms(91, codes, list(rule(paste0("q", 1:9), 7, 4)))
write_reference("phq-9", forms, data.frame(total = prorated(forms[1:9], 7)))

codes <- numbered(1:7, 0:3)
forms <- make_forms(71, codes, list(rule(paste0("q", 1:7), 6, 4)))
write_reference("gad-7", forms, data.frame(total = prorated(forms, 6)))

codes <- numbered(1:5, 0:5)
forms <- make_forms(51, codes, list(rule(paste0("q", 1:5), 5, 3)))
raw <- rowSums(forms)
write_reference("who-5", forms, data.frame(raw = raw, score = raw * 4))

days <- c(0:30, rep(c(0, 2, 5), 10))
codes <- c(named("GENHLTH", 1:5), named(c("PHYSHLTH", "MENTHLTH", "POORHLTH"), days))
forms <- make_forms(41, codes, list(rule(c("PHYSHLTH", "MENTHLTH"), 2, 3), rule("POORHLTH", 1)))
at_thirty <- data.frame(GENHLTH = 3, PHYSHLTH = c(15, 15, 16), MENTHLTH = c(14, 15, 15),
                        POORHLTH = 0)
forms <- rbind(at_thirty, forms)
unhealthy <- pmin(30, forms$PHYSHLTH + forms$MENTHLTH)
write_reference("cdc-hrqol-4", forms,
                data.frame(unhealthy_days = unhealthy, healthy_days = 30 - unhealthy))

physical <- c("pain", "tiredness", "drowsiness", "nausea", "lack_of_appetite",
              "shortness_of_breath")
emotional <- c("depression", "anxiety")
codes <- named(c(physical, emotional, "wellbeing"), 0:10)
forms <- make_forms(92, codes,
                    list(rule(physical, 6, 3), rule(emotional, 2, 3), rule("wellbeing", 1, 2)),
                    share = 0.07)
sums <- data.frame(physical = rowSums(forms[physical]), emotional = rowSums(forms[emotional]),
                   total = rowSums(forms))
write_reference("esas-r", forms, cbind(sums, forms))

forms <- make_forms(11, numbered(1, 0:10), list())
write_reference("nccn-distress-thermometer", forms, data.frame(distress = forms$q1))
