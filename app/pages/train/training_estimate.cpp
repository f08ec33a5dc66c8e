// SPDX-License-Identifier: GPL-3.0-or-later
// Cost of a run; see training_estimate.h.
#include "app/pages/train/training_estimate.h"

#include "app/document/study_document.h"
#include "app/pages/train/split_preview.h"
#include "core/learn/recipe.h"
#include "core/prepare/pattern_preparation.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace dispersa {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("TrainingEstimate", source);
}

struct Amount {
    std::int64_t training = 0; ///< of the scans that are trained on
    std::int64_t all = 0;
    PatternShape raw = {};
};

Amount amountOf(const StudyDocument& document)
{
    Amount amount;
    for (const StudyScan& scan : document.study().scans) {
        const OpenedScanPtr opened = document.opened(scan.name);
        if (!opened || !opened->diffraction || scan.role == ScanRole::Ignore)
            continue;
        const std::int64_t pixels = document.study().cropOf(scan, opened->shape()).count();
        amount.all += pixels;
        if (scan.role == ScanRole::Train)
            amount.training += pixels;
        amount.raw = opened->diffraction->patternShape();
    }
    return amount;
}

/// "6,336 of 7,920 patterns": the split holds some out.
QString trainedText(const StudyDocument& document, const Amount& amount)
{
    const QLocale locale;
    const QString available = locale.toString(qlonglong(amount.training));
    const auto preview = splitPreview(document);
    if (!preview)
        return available;
    std::int64_t trained = 0;
    for (const auto& sets : preview->sets)
        trained += std::count(sets.begin(), sets.end(), PixelSet::Train);
    return trained == amount.training ? available : text("%1 of %2").arg(locale.toString(qlonglong(trained)), available);
}

} // namespace

QString trainingEstimate(const StudyDocument& document)
{
    const Study& study = document.study();
    const auto recipe = recipeNamed(study.recipe.name);
    const Amount amount = amountOf(document);
    if (!recipe || amount.all == 0)
        return {};
    const int bin = diffractionInUse(study, document.detectorShape()).bin;
    const PatternShape prepared = preparedShape(amount.raw, bin);
    const QLocale locale;
    const QString all = locale.toString(qlonglong(amount.all));
    QString result =
        study.model
            ? text("Predicts %1 patterns.").arg(all)
            : text("Trains on %1 patterns and predicts %2.").arg(trainedText(document, amount), all);
    // Profiles of a scan are a few MB in memory; patterns are not.
    if (!recipe->profile || study.model)
        result += QLatin1Char(' ') +
                  text("Temporary files: about %1.").arg(locale.formattedDataSize(amount.all * prepared.count() * 2, 1));
    return result;
}

} // namespace dispersa
