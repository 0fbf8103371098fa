# References for PROMIS-29 v2.1 and PROMIS Global Health v1.2.
#
# T and SE tables and summary weights of PROMIS-29: PROMIS Adult Profile Scoring Manual (2024), as
# in two public R scripts (one for the SE). Global Health: tables of Hays 2009 and awell-score;
# graded response parameters of gim.med.ucla.edu/FacultyPages/Hays (2009), logistic without 1.7.

source("common.R")

by_sum <- function(forms, items, table) table[rowSums(forms[items]) - 3]

# PROMIS-29: a table needs all four items; the summaries need all seven T and the pain intensity.
domains <- list(
  PF = list(
    items = c("PFA11", "PFA21", "PFA23", "PFA53"),
    t = c(22.5, 26.6, 28.9, 30.5, 31.9, 33.2, 34.4, 35.6, 36.7, 37.9, 39.2, 40.5, 41.9, 43.5,
          45.5, 48.3, 57.0),
    se = c(4.0, 2.8, 2.5, 2.4, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.4, 2.4, 2.5, 2.6, 2.8, 3.3, 6.6)),
  AN = list(
    items = c("EDANX01", "EDANX40", "EDANX41", "EDANX53"),
    t = c(40.3, 48.0, 51.2, 53.7, 55.8, 57.7, 59.5, 61.4, 63.4, 65.3, 67.3, 69.3, 71.2, 73.3,
          75.4, 77.9, 81.6),
    se = c(6.1, 3.6, 3.1, 2.8, 2.7, 2.6, 2.6, 2.6, 2.6, 2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.9, 3.7)),
  DE = list(
    items = c("EDDEP04", "EDDEP06", "EDDEP29", "EDDEP41"),
    t = c(41.0, 49.0, 51.8, 53.9, 55.7, 57.3, 58.9, 60.5, 62.2, 63.9, 65.7, 67.5, 69.4, 71.2,
          73.3, 75.7, 79.4),
    se = c(6.2, 3.2, 2.7, 2.4, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.4, 2.4, 2.6, 2.6)),
  FA = list(
    items = c("HI7", "AN3", "FATEXP41", "FATEXP40"),
    t = c(33.7, 39.7, 43.1, 46.0, 48.6, 51.0, 53.1, 55.1, 57.0, 58.8, 60.7, 62.7, 64.6, 66.7,
          69.0, 71.6, 75.8),
    se = c(4.9, 3.1, 2.7, 2.6, 2.5, 2.5, 2.4, 2.4, 2.3, 2.3, 2.3, 2.4, 2.4, 2.4, 2.5, 2.7, 3.9)),
  SD = list(
    items = c("Sleep109", "Sleep116", "Sleep20", "Sleep44"),
    t = c(32.0, 37.5, 41.1, 43.8, 46.2, 48.4, 50.5, 52.4, 54.3, 56.1, 57.9, 59.8, 61.7, 63.8,
          66.0, 68.8, 73.3),
    se = c(5.2, 4.0, 3.7, 3.5, 3.5, 3.4, 3.4, 3.4, 3.4, 3.4, 3.3, 3.3, 3.3, 3.4, 3.4, 3.7, 4.6)),
  SR = list(
    items = paste0("SRPPER", c(11, 18, 23, 46), "_CaPS"),
    t = c(27.5, 31.8, 34.0, 35.7, 37.3, 38.8, 40.5, 42.3, 44.2, 46.2, 48.1, 50.0, 51.9, 53.7,
          55.8, 58.3, 64.2),
    se = c(4.1, 2.5, 2.3, 2.2, 2.1, 2.2, 2.3, 2.3, 2.3, 2.3, 2.2, 2.2, 2.2, 2.3, 2.3, 2.7, 5.1)),
  PI = list(
    items = paste0("PAININ", c(9, 22, 31, 34)),
    t = c(41.6, 49.6, 52.0, 53.9, 55.6, 57.1, 58.5, 59.9, 61.2, 62.5, 63.8, 65.2, 66.6, 68.0,
          69.7, 71.6, 75.6),
    se = c(6.1, 2.5, 2.0, 1.9, 1.9, 1.9, 1.8, 1.8, 1.8, 1.8, 1.8, 1.8, 1.8, 1.8, 1.9, 2.1, 3.7))
)

items <- unlist(lapply(domains, `[[`, "items"), use.names = FALSE)
codes <- c(named(items, 1:5), named("Global07", 0:10))
rules <- c(lapply(domains, function(d) rule(d$items, 4)), list(rule("Global07", 1)))
forms <- make_forms(29, codes, rules, share = 0.04)
# Every raw sum from 4 to 20 once in every domain, so that the whole table is read.
sums <- draw(codes, 17)
for (d in domains) {
  for (extra in 0:16) sums[extra + 1, d$items] <- 1 + extra %/% 4 + (1:4 <= extra %% 4)
}
forms <- rbind(sums, forms)

scores <- list()
for (name in names(domains)) {
  d <- domains[[name]]
  scores[[name]] <- by_sum(forms, d$items, d$t)
  scores[[paste0(name, "_SE")]] <- by_sum(forms, d$items, d$se)
}
scores$pain_intensity <- forms$Global07
z <- lapply(scores[names(domains)], function(t) (t - 50) / 10)
pain <- ((forms$Global07 - 2.31) / 2.34 + z$PI) / 2
emotion <- (z$AN + z$DE) / 2
scores$physical <- 50 + 10 * (0.872 * z$PF - 0.094 * pain + 0.113 * z$SR - 0.009 * z$FA +
                              0.003 * emotion + 0.002 * z$SD)
scores$mental <- 50 + 10 * (-0.015 * z$PF - 0.154 * pain + 0.252 * z$SR - 0.351 * z$FA -
                            0.257 * emotion - 0.139 * z$SD)
write_reference("promis-29", forms, as.data.frame(scores))

# Global Health: the table for complete scales; otherwise the mean and the standard deviation of
# the posterior (EAP, prior N(0, 1)) from whatever is answered, by adaptive integration, brought to
# T by a line fitted to the published table. No answer gives no score.
global <- list(
  GPH = list(
    items = c("Global03", "Global06", "Global07", "Global08"),
    slope = 10.208, intercept = 49.087,
    a = c(2.31116, 2.99151, 1.74443, 1.9022),
    b = rbind(c(-2.11448, -0.89035, 0.28769, 1.54358), c(-2.79626, -1.77578, -1.04365, -0.39605),
              c(-3.8732, -1.80644, -0.6746, 0.9956), c(-3.23917, -1.87531, -0.35804, 1.16723)),
    t = c(16.2, 19.9, 23.5, 26.7, 29.6, 32.4, 34.9, 37.4, 39.8, 42.3, 44.9, 47.7, 50.8, 54.1,
          57.7, 61.9, 67.7),
    se = c(4.8, 4.7, 4.5, 4.3, 4.2, 4.2, 4.1, 4.1, 4.1, 4.2, 4.3, 4.4, 4.6, 4.7, 4.9, 5.2, 5.9)),
  GMH = list(
    items = c("Global02", "Global04", "Global05", "Global10"),
    slope = 10.225, intercept = 49.803,
    a = c(2.41143, 3.6681, 2.97642, 1.89441),
    b = rbind(c(-2.44599, -1.31584, -0.19095, 1.07032), c(-2.30582, -1.25786, -0.3312, 0.66825),
              c(-1.7831, -0.89865, -0.00524, 1.07197), c(-2.8179, -1.51385, -0.25479, 0.99431)),
    t = c(21.2, 25.1, 28.4, 31.3, 33.8, 36.3, 38.8, 41.1, 43.5, 45.8, 48.3, 50.8, 53.3, 56.0,
          59.0, 62.5, 67.6),
    se = c(4.6, 4.1, 3.9, 3.7, 3.7, 3.7, 3.6, 3.6, 3.6, 3.6, 3.7, 3.7, 3.7, 3.8, 3.9, 4.2, 5.3))
)

probability <- function(theta, a, b, category) {
  at_least <- function(k) if (k < 1) 1 else if (k > 4) 0 else plogis(a * (theta - b[k]))
  at_least(category - 1) - at_least(category)
}

posterior <- function(theta, answers, s) {
  density <- dnorm(theta)
  for (i in which(!is.na(answers))) {
    density <- density * probability(theta, s$a[i], s$b[i, ], answers[i])
  }
  density
}

# The mass is within 8 of the mean of the prior; pieces of length 1 keep the adaptive rule exact.
area <- function(f) {
  pieces <- sapply(-8:7, function(from) integrate(f, from, from + 1, rel.tol = 1e-12)$value)
  sum(pieces)
}

eap <- function(answers, s) {
  if (all(is.na(answers))) return(c(NA, NA))
  weight <- function(theta) posterior(theta, answers, s)
  mass <- area(weight)
  mean <- area(function(theta) theta * weight(theta)) / mass
  variance <- area(function(theta) (theta - mean)^2 * weight(theta)) / mass
  c(mean, sqrt(variance))
}

codes <- c(named(sprintf("Global%02d", c(1:6, 8:10)), 1:5), named("Global07", 0:10))
single <- c("Global01", "Global09")
rules <- lapply(c(global, global), function(s) rule(s$items, 4, 4))
rules <- c(rules, lapply(global, function(s) rule(s$items, 2, 4)))
rules <- c(rules, lapply(global, function(s) rule(s$items, 1, 3)))
forms <- make_forms(12, codes, rules)
# Every raw sum from 4 to 20 once in both scales, in answers as they are given.
every_sum <- draw(codes, 17)
for (extra in 0:16) {
  four <- 1 + extra %/% 4 + (1:4 <= extra %% 4)
  every_sum[extra + 1, c("Global03", "Global06")] <- four[1:2]
  every_sum[extra + 1, "Global07"] <- c(10, 8, 5, 2, 0)[four[3]]
  every_sum[extra + 1, "Global08"] <- 6 - four[4]
  every_sum[extra + 1, c("Global02", "Global04", "Global05")] <- four[1:3]
  every_sum[extra + 1, "Global10"] <- 6 - four[4]
}
forms <- rbind(every_sum, forms)
turned <- forms
turned$Global07 <- c(5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 1)[forms$Global07 + 1]
turned$Global08 <- 6 - forms$Global08
turned$Global10 <- 6 - forms$Global10

scores <- list()
for (name in names(global)) {
  s <- global[[name]]
  values <- as.matrix(turned[s$items])
  pattern <- t(apply(values, 1, eap, s = s))
  full <- answered(values) == 4
  scores[[name]] <- ifelse(full, by_sum(turned, s$items, s$t),
                           s$intercept + s$slope * pattern[, 1])
  scores[[paste0(name, "_SE")]] <- ifelse(full, by_sum(turned, s$items, s$se),
                                          s$slope * pattern[, 2])
}
write_reference("promis-global-health", forms, cbind(as.data.frame(scores), forms[single]))
