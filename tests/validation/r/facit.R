# References for FACT-G, FACT-C, FACT-Hep and FACIT-Fatigue, version 4.
#
# Items, reversal and rules as in FACTscorer 0.2.0 and FACIT's scoring guidelines: 4 - x where
# reversed; a subscale is sum * n / answered when more than half are answered; a total is the sum
# of its subscales when all exist and more than 80% of all items are answered; a trial outcome
# index (TOI) is the sum of its subscales. 8 and 9 in a file mean no answer.

source("common.R")

items_of <- function(prefix, n) paste0(prefix, 1:n)

general <- list(
  PWB = list(items = items_of("GP", 7), reverse = items_of("GP", 7)),
  SWB = list(items = items_of("GS", 7), reverse = character()),
  EWB = list(items = items_of("GE", 6), reverse = paste0("GE", c(1, 3, 4, 5, 6))),
  FWB = list(items = items_of("GF", 7), reverse = character())
)
colorectal <- list(items = items_of("C", 7), reverse = c("C1", "C2", "C5"))
hepatobiliary <- list(
  items = c(items_of("C", 6), "Hep1", "Cns7", "Cx6", "HI7", "An7",
            paste0("Hep", 2:6), "HN2", "Hep8"),
  reverse = c("C1", "C2", "C5", "Hep1", "Cns7", "Cx6", "HI7", paste0("Hep", 2:6), "HN2", "Hep8")
)
fatigue <- list(
  items = c("HI7", "HI12", paste0("An", c(1:5, 7, 8, 12, 14, 15, 16))),
  reverse = c("HI7", "HI12", paste0("An", c(1:4, 8, 12, 14, 15, 16)))
)

subscale <- function(forms, s) {
  values <- forms[s$items]
  values[s$reverse] <- 4 - values[s$reverse]
  n <- length(s$items)
  count <- answered(values)
  only_if(count / n > 0.5, rowSums(values, na.rm = TRUE) * n / count)
}

subscales <- function(forms, parts) as.data.frame(lapply(parts, subscale, forms = forms))

all_items <- function(parts) unlist(lapply(parts, `[[`, "items"), use.names = FALSE)

# 10 * count > 8 * n is "more than 80%" without rounding.
total <- function(forms, parts) {
  items <- all_items(parts)
  enough <- 10 * answered(forms[items]) > 8 * length(items)
  only_if(enough, rowSums(subscales(forms, parts)))
}

toi <- function(forms, parts) rowSums(subscales(forms, parts))

half_rules <- function(parts) {
  lapply(parts, function(s) rule(s$items, floor(length(s$items) / 2) + 1, 3))
}

with_missing_codes <- function(forms) {
  for (item in names(forms)) {
    gaps <- which(is.na(forms[[item]]))
    forms[gaps, item] <- c(NA, NA, 8, 9)[sample.int(4, length(gaps), TRUE)]
  }
  forms
}

reference <- function(instrument, seed, parts, need, extra, scores_of) {
  codes <- c(named(all_items(parts), 0:4), extra)
  rules <- c(half_rules(parts), list(rule(all_items(parts), need, 12)))
  forms <- make_forms(seed, codes, rules)
  scores <- cbind(subscales(forms, parts), scores_of(forms))
  empty <- nrow(forms)
  write_reference(instrument, rbind(with_missing_codes(forms[-empty, ]), forms[empty, ]), scores)
}

reference("fact-g", 1, general, 22, list(), function(forms) {
  data.frame(FACTG = total(forms, general))
})

# The ostomy question and C8 and C9 belong to no score.
parts <- c(general, list(CCS = colorectal))
reference("fact-c", 2, parts, 28, c(named("ostomy", 0:1), named(c("C8", "C9"), 0:4)),
          function(forms) {
  data.frame(FACTG = total(forms, general), FACT_C_TOTAL = total(forms, parts),
             FACT_C_TOI = toi(forms, parts[c("PWB", "FWB", "CCS")]))
})

hep <- c(general, list(HCS = hepatobiliary))
reference("fact-hep", 3, hep, 37, list(), function(forms) {
  data.frame(FACTG = total(forms, general), FACT_HEP_TOTAL = total(forms, hep),
             FACT_HEP_TOI = toi(forms, hep[c("PWB", "FWB", "HCS")]))
})

codes <- named(fatigue$items, 0:4)
forms <- make_forms(4, codes, list(rule(fatigue$items, 7, 5)))
empty <- nrow(forms)
write_reference("facit-fatigue", rbind(with_missing_codes(forms[-empty, ]), forms[empty, ]),
                data.frame(FS = subscale(forms, fatigue)))
