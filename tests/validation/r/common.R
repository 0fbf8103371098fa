# Shared by the reference scripts: made-up forms with gaps and edge rows, and the CSV they go to.
# Base R only. A form is a row, an item a column, NA an unanswered item.

numbered <- function(numbers, codes) {
  setNames(rep(list(codes), length(numbers)), paste0("q", numbers))
}

named <- function(names, codes) setNames(rep(list(codes), length(names)), names)

rule <- function(items, need, rows = 1) list(items = items, need = need, rows = rows)

draw <- function(codes, n) {
  as.data.frame(lapply(codes, function(allowed) allowed[sample.int(length(allowed), n, TRUE)]),
                check.names = FALSE)
}

blank <- function(forms, share) {
  gaps <- matrix(runif(nrow(forms) * ncol(forms)) < share, nrow(forms))
  forms[gaps] <- NA
  forms
}

# A full form in which exactly `answered` of the items have an answer.
edge_form <- function(codes, items, answered) {
  form <- draw(codes, 1)
  form[sample(items, length(items) - answered)] <- NA
  form
}

# 150 random forms with 10% of the answers missing; for each missing rule forms with just enough
# answers and with one too few; one all lowest, one all highest, one without any answer.
make_forms <- function(seed, codes, rules, n = 150, share = 0.1) {
  set.seed(seed, kind = "Mersenne-Twister", sample.kind = "Rejection")
  forms <- blank(draw(codes, n), share)
  for (one in rules) {
    for (k in seq_len(one$rows)) {
      forms <- rbind(forms, edge_form(codes, one$items, one$need))
      forms <- rbind(forms, edge_form(codes, one$items, one$need - 1))
    }
  }
  lowest <- as.data.frame(lapply(codes, min), check.names = FALSE)
  highest <- as.data.frame(lapply(codes, max), check.names = FALSE)
  empty <- lowest
  empty[] <- NA
  rbind(forms, lowest, highest, empty)
}

answered <- function(values) rowSums(!is.na(values))

only_if <- function(condition, value) ifelse(condition, value, NA)

write_reference <- function(instrument, forms, scores) {
  as_text <- function(column) {
    ifelse(is.na(column), "", trimws(formatC(column, digits = 15, format = "g")))
  }
  names(scores) <- paste0("ref.", names(scores))
  table <- as.data.frame(lapply(cbind(forms, scores), as_text), check.names = FALSE)
  path <- file.path("..", "data", paste0(instrument, ".csv"))
  write.csv(table, path, row.names = FALSE, quote = FALSE)
}
