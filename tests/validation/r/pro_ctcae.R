# Reference for the composite grades of the PRO-CTCAE 1.0.
#
# Terms by their attributes and the grade of every combination of answers: Basch 2021 as in
# cran/ProAE 1.0.4. The digits of a combination are frequency, severity and interference, as far
# as the term asks for them; "amount" counts as interference. A first attribute of 0 gives grade 0
# whatever the rest; otherwise all attributes are needed. Terms of presence have no grade.

source("common.R")

terms <- list(
  "frq" = c(16, 67),
  "sev" = c(1, 2, 4, 6, 7, 15, 21, 25, 26, 28, 30, 36, 45, 60, 61, 66, 68, 71, 72, 80),
  "int" = c(27, 59),
  "frq+sev" = c(9, 10, 11, 13, 14, 23, 74, 75, 77, 78),
  "frq+int" = c(18, 62, 63, 65),
  "sev+int" = c(3, 8, 19, 20, 39, 40, 41, 44, 46, 47, 52, 53),
  "frq+sev+int" = c(17, 22, 48, 49, 50, 51, 54, 55, 56)
)

grades <- list(
  "frq" = "0=0 1=1 2=1 3=2 4=3",
  "sev" = "0=0 1=1 2=2 3=3 4=3",
  "int" = "0=0 1=1 2=1 3=2 4=2",
  "frq+sev" = paste(
    "00=0 10=1 11=1 12=1 13=2 14=2 20=1 21=1 22=2 23=2 24=2 30=1 31=1 32=2 33=3 34=3 40=1",
    "41=1 42=2 43=3 44=3"),
  "frq+int" = paste(
    "00=0 10=1 11=1 12=1 13=2 14=2 20=1 21=1 22=1 23=2 24=2 30=1 31=1 32=2 33=3 34=3 40=1",
    "41=1 42=2 43=3 44=3"),
  "sev+int" = paste(
    "00=0 10=1 11=1 12=1 13=2 14=2 20=1 21=1 22=2 23=2 24=3 30=1 31=2 32=2 33=3 34=3 40=2",
    "41=2 42=2 43=3 44=3"),
  "frq+sev+int" = paste(
    "000=0 100=0 101=1 102=1 103=2 104=2 110=1 111=1 112=1 113=2 114=2 120=1 121=2 122=2",
    "123=2 124=3 130=2 131=2 132=2 133=3 134=3 140=2 141=2 142=3 143=3 144=3 200=0 201=1",
    "202=1 203=2 204=2 210=1 211=1 212=1 213=2 214=2 220=2 221=2 222=2 223=3 224=3 230=2",
    "231=2 232=2 233=3 234=3 240=2 241=2 242=3 243=3 244=3 300=1 301=1 302=1 303=2 304=2",
    "310=1 311=1 312=1 313=2 314=2 320=2 321=2 322=2 323=3 324=3 330=2 331=2 332=3 333=3",
    "334=3 340=2 341=2 342=3 343=3 344=3 400=1 401=1 402=1 403=2 404=2 410=1 411=1 412=2",
    "413=2 414=3 420=2 421=2 422=2 423=3 424=3 430=2 431=2 432=3 433=3 434=3 440=2 441=2",
    "442=3 443=3 444=3")
)
presence <- c(5, 12, 24, 29, 31, 32, 33, 34, 35, 37, 38, 42, 43, 57, 58, 64, 69, 70, 73, 76, 79)

grade_table <- function(text) {
  pairs <- strsplit(strsplit(text, " ")[[1]], "=")
  setNames(as.numeric(sapply(pairs, `[`, 2)), sapply(pairs, `[`, 1))
}

code <- function(term) sprintf("PT01%03d", term)
slots <- function(group) c("A", "B", "C")[seq_along(strsplit(group, "+", fixed = TRUE)[[1]])]
group_of <- rep(names(terms), lengths(terms))[order(unlist(terms))]
names(group_of) <- code(sort(unlist(terms)))

items <- list()
for (term in sort(c(unlist(terms), presence))) {
  group <- group_of[code(term)]
  items <- c(items, if (is.na(group)) named(paste0(code(term), "A"), 0:1)
             else named(paste0(code(term), slots(group)), 0:4))
}
stopifnot(length(items) == 124, length(group_of) == 59)

grade <- function(forms, term, group) {
  values <- as.matrix(forms[paste0(term, slots(group))])
  found <- unname(grade_table(grades[[group]])[apply(values, 1, paste, collapse = "")])
  found[answered(values) < ncol(values)] <- NA
  found[values[, 1] %in% 0] <- 0
  found
}

# Each combination of three answers once: 125 forms in which the terms run through them in an
# order of their own, then forms with gaps and the extremes.
combinations <- as.matrix(expand.grid(0:4, 0:4, 0:4))
forms <- make_forms(124, items, list(), n = 60)
all_combinations <- draw(items, 125)
for (term in names(group_of)) {
  slot <- slots(group_of[term])
  all_combinations[paste0(term, slot)] <- combinations[sample.int(125), seq_along(slot)]
}
forms <- rbind(all_combinations, forms)

scores <- as.data.frame(lapply(setNames(names(group_of), names(group_of)), function(term) {
  grade(forms, term, group_of[[term]])
}))
stopifnot(!anyNA(scores[1:125, ]))
write_reference("pro-ctcae", forms, scores)
