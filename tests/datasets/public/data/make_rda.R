# Run from the root of the repository: Rscript tests/datasets/public/data/make_rda.R (R 4.2.2 was used).
# Files of the shape of powdR's rockjock, with made-up intensities, and the kinds of vector R writes.
labels <- read.csv("xrpdsim/datasets/data/rockjock_labels.csv", stringsAsFactors=FALSE)
ids <- c(labels$specimen, "CORUNDUM", "AMORPHOUS_SILICA")
tth <- seq(5, 65, by = 0.5)
xrd <- as.data.frame(lapply(seq_along(ids), function(i) round(100 + 9900*exp(-((tth-(10+i*0.4))/1.5)^2))))
names(xrd) <- ids
phases <- data.frame(phase_id = ids, phase_name = c(labels$form, "Corundum", "Opal \u00e9"), rir = c(seq_along(labels$form)/10, 1, NA), stringsAsFactors = FALSE)
rockjock <- list(xrd = xrd, tth = tth, phases = phases); class(rockjock) <- "powdRlib"
dir <- "tests/datasets/public/data/"
save(rockjock, file=paste0(dir, "rockjock.rda"), version=2, compress="bzip2")
small <- rockjock; small$xrd <- small$xrd[1:26, 1:4]; small$tth <- 5:30; small$phases <- small$phases[1:4, ]
rownames(small$xrd) <- NULL
small$xrd[] <- lapply(small$xrd, as.integer)
small$phases$phase_id <- factor(small$phases$phase_id); small$phases$phase_name <- factor(small$phases$phase_name)
rockjock <- small
save(rockjock, file=paste0(dir, "rockjock_factors.rda"), version=3, compress="xz")
x <- list(integers=1:5, reals=as.numeric(2:4), text=as.character(11:13), logical=c(TRUE,NA,FALSE), none=NULL, missing=c(NaN,NA,Inf), strings=c("a",NA,"\u00e9"), latin=iconv("caf\u00e9","UTF-8","latin1"), symbol=quote(abc), again=quote(abc), sorted=sort(c(3,1,2)), nested=list(1, list("b")))
save(x, file=paste0(dir, "kinds.rda"), version=3)
save(x, file=paste0(dir, "text.rda"), ascii=TRUE)
f <- list(f=function(x) x); save(f, file=paste0(dir, "function.rda"), version=3)
