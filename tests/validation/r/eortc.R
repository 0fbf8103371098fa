# References for the EORTC QLQ-C30, LMC21, CR29 and HCC18.
#
# Items, directions and the half rule: EORTC QLQ-C30 Scoring Manual, 3rd edition, and the scales as
# cran/QoLR 1.0.3, cran/PROscorer 0.0.4 and awell-score list them. Summary score: Giesinger 2016.
# CR29: SEXM and SEXW take the symptom formula (manual, quoted by awell-score; QoLR reverses them).
# HCC18: the direction of BODY_IMAGE is unsettled; here it is a symptom, as in most publications.

source("common.R")

scale <- function(numbers, functional = FALSE, range = 3) {
  list(items = paste0("q", numbers), functional = functional, range = range)
}

c30 <- list(
  QL2 = scale(29:30, range = 6),
  PF2 = scale(1:5, TRUE), RF2 = scale(6:7, TRUE), EF = scale(21:24, TRUE),
  CF = scale(c(20, 25), TRUE), SF = scale(26:27, TRUE),
  FA = scale(c(10, 12, 18)), NV = scale(14:15), PA = scale(c(9, 19)),
  DY = scale(8), SL = scale(11), AP = scale(13), CO = scale(16), DI = scale(17), FI = scale(28)
)

lmc21 <- list(
  NUTRITION = scale(31:32), FATIGUE = scale(c(37, 43, 44)), PAIN = scale(c(39, 40, 42)),
  EMOTIONAL = scale(47:50), WEIGHT_LOSS = scale(33), TASTE = scale(34), DRY_MOUTH = scale(35),
  SORE_MOUTH = scale(36), NEUROPATHY = scale(38), JAUNDICE = scale(41), SOCIAL = scale(45),
  TALKING = scale(46), SEXUAL = scale(51)
)

cr29 <- list(
  BI = scale(45:47, TRUE), ANX = scale(43, TRUE), WEI = scale(44, TRUE),
  SEXM = scale(56), SEXW = scale(58),
  UF = scale(31:32), BMS = scale(38:39), SF = scale(52:53), UI = scale(33), DY = scale(34),
  AP = scale(35), BP = scale(36), BF = scale(37), DM = scale(40), HL = scale(41), TA = scale(42),
  FL = scale(49), FI = scale(50), SS = scale(51), EMB = scale(54), STO = scale(55),
  IMP = scale(57), DYS = scale(59)
)

hcc18 <- list(
  FATIGUE = scale(45:47), BODY_IMAGE = scale(c(33, 35)), JAUNDICE = scale(36:37),
  NUTRITION = scale(c(31, 32, 42:44)), PAIN = scale(38:39), FEVER = scale(40:41),
  ABD_SWELLING = scale(34), SEX = scale(48)
)

half <- function(items) ceiling(length(items) / 2)

score_one <- function(forms, s) {
  values <- forms[s$items]
  raw <- rowSums(values, na.rm = TRUE) / answered(values)
  part <- (raw - 1) / s$range
  only_if(answered(values) >= half(s$items), 100 * if (s$functional) 1 - part else part)
}

score_all <- function(forms, scales) {
  as.data.frame(lapply(scales, score_one, forms = forms))
}

half_rules <- function(scales) lapply(scales, function(s) rule(s$items, half(s$items)))

# QLQ-C30: the summary is the mean of 13 scales, symptoms as 100 - x, and needs all 13.
codes <- c(numbered(1:28, 1:4), numbered(29:30, 1:7))
forms <- make_forms(301, codes, half_rules(c30), share = 0.05)
forms <- rbind(blank(draw(codes, 50), 0.25), forms)
scores <- score_all(forms, c30)
good <- scores[c("PF2", "RF2", "EF", "CF", "SF")]
bad <- scores[c("FA", "NV", "PA", "DY", "SL", "AP", "CO", "DI")]
scores$SUMSC <- (rowSums(good) + rowSums(100 - bad)) / 13
write_reference("eortc-qlq-c30", forms, scores)

codes <- numbered(31:51, 1:4)
forms <- make_forms(211, codes, half_rules(lmc21))
write_reference("eortc-qlq-lmc21", forms, score_all(forms, lmc21))

# CR29: 55 is answered with a stoma only (48 is 1), 56 and 57 by men, 58 and 59 by women.
codes <- c(numbered(31:47, 1:4), numbered(48, 1:2), numbered(49:59, 1:4))
forms <- make_forms(291, codes, half_rules(cr29))
men <- seq_len(nrow(forms)) %% 2 == 0
last <- tail(seq_len(nrow(forms)), 3)
branched <- !(seq_len(nrow(forms)) %in% last)
forms[branched & forms$q48 %in% c(2, NA), "q55"] <- NA
forms[branched & men, c("q58", "q59")] <- NA
forms[branched & !men, c("q56", "q57")] <- NA
forms$q48[tail(last, 2)[1]] <- 1
write_reference("eortc-qlq-cr29", forms, score_all(forms, cr29))

codes <- numbered(31:48, 1:4)
forms <- make_forms(181, codes, half_rules(hcc18))
write_reference("eortc-qlq-hcc18", forms, score_all(forms, hcc18))
