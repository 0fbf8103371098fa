# Reference for the EQ-5D-5L: index of five countries, level sum score, profile and VAS.
#
# Decrements of the levels 2 to 5: China Luo 2017 (10.1016/j.jval.2016.11.016), England Devlin 2018
# (10.1002/hec.3564), USA Pickard 2019 (10.1016/j.jval.2019.02.009), Germany Ludwig 2018
# (10.1007/s40273-018-0615-8), Canada Xie 2016 (10.1097/MLR.0000000000000447), as in cran/eq5d 0.16.0.

source("common.R")

dimensions <- c("MO", "SC", "UA", "PD", "AD")
decrements <- list(
  China = rbind(c(.066, .158, .287, .345), c(.048, .116, .210, .253), c(.045, .107, .194, .233),
                c(.058, .138, .252, .302), c(.049, .118, .215, .258)),
  England = rbind(c(.058, .076, .207, .274), c(.050, .080, .164, .203), c(.050, .063, .162, .184),
                  c(.063, .084, .276, .335), c(.078, .104, .285, .289)),
  USA = rbind(c(.096, .122, .237, .322), c(.089, .107, .220, .261), c(.068, .101, .255, .255),
              c(.060, .098, .318, .414), c(.057, .123, .299, .321)),
  Germany = rbind(c(.026, .042, .139, .224), c(.050, .056, .169, .260), c(.036, .049, .129, .209),
                  c(.057, .109, .404, .612), c(.030, .082, .244, .356))
)

by_table <- function(forms, table) {
  index <- rep(1, nrow(forms))
  for (d in 1:5) index <- index - c(0, table[d, ])[forms[[dimensions[d]]]]
  index
}

# Canada is a regression: each level costs the slope of its dimension, level 1 too; levels 4 and 5
# cost an extra amount, of which a part comes back as the square of how many are beyond the first.
canada <- function(forms) {
  levels <- as.matrix(forms[dimensions])
  slope <- c(.0389, .0458, .0195, .0444, .0376)
  severe <- c(.0510, .0584, .1103, .1409, .1277)
  at45 <- levels >= 4
  beyond <- pmax(rowSums(at45) - 1, 0)
  1.1351 - levels %*% slope - at45 %*% severe + 0.0085 * beyond^2
}

codes <- c(named(dimensions, 1:5), named("VAS", 0:100))
rules <- c(list(rule(dimensions, 5, 5), rule("VAS", 1, 3)))
forms <- make_forms(555, codes, rules, n = 250, share = 0.05)

scores <- data.frame(VAS = forms$VAS, LSS = rowSums(forms[dimensions]),
                     PROFILE = as.vector(as.matrix(forms[dimensions]) %*% 10^(4:0)))
for (country in names(decrements)) {
  scores[[paste0("INDEX:", country)]] <- by_table(forms, decrements[[country]])
}
scores[["INDEX:Canada"]] <- as.vector(canada(forms))
write_reference("eq-5d-5l", forms, scores)

# The published value of the worst state of each set.
worst <- c(China = -.391, England = -.285, USA = -.573, Germany = -.661, Canada = -.1482)
found <- unlist(scores[nrow(forms) - 1, paste0("INDEX:", names(worst))])
stopifnot(all(abs(found - worst) < 1e-9))
