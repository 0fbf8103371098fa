# Reference for the RAND-36.
#
# Recodings A to F and scales: RAND 36-Item Health Survey 1.0 scoring rules, as in awell-score's
# tables. A scale is the mean of the recoded items that are answered, however few.

source("common.R")

recodings <- list(
  A = c(100, 75, 50, 25, 0),
  B = c(0, 50, 100),
  C = c(0, 100),
  D = c(100, 80, 60, 40, 20, 0),
  E = c(0, 20, 40, 60, 80, 100),
  F = c(0, 25, 50, 75, 100)
)
recoded <- list(A = c(1, 2, 20, 22, 34, 36), B = 3:12, C = 13:19, D = c(21, 23, 26, 27, 30),
                E = c(24, 25, 28, 29, 31), F = c(32, 33, 35))
scales <- list(PF = 3:12, RP = 13:16, RE = 17:19, EN = c(23, 27, 29, 31),
               EW = c(24, 25, 26, 28, 30), SF = c(20, 32), BP = c(21, 22), GH = c(1, 33:36),
               health_change = 2)

codes <- list()
for (name in names(recoded)) {
  codes <- c(codes, numbered(recoded[[name]], seq_along(recodings[[name]])))
}
codes <- codes[paste0("q", 1:36)]
rules <- lapply(scales, function(numbers) rule(paste0("q", numbers), 1))
forms <- make_forms(361, codes, rules)

values <- forms
for (name in names(recoded)) {
  for (item in paste0("q", recoded[[name]])) values[[item]] <- recodings[[name]][forms[[item]]]
}
scores <- as.data.frame(lapply(scales, function(numbers) {
  columns <- values[paste0("q", numbers)]
  only_if(answered(columns) >= 1, rowSums(columns, na.rm = TRUE) / answered(columns))
}))
write_reference("rand-36", forms, scores)
