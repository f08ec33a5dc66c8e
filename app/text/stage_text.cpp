// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/stage_text.h"

#include <QCoreApplication>
#include <QHash>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(StageText)
};

QString verb(const QString& word)
{
    static const QHash<QString, const char*> verbs{
        {"open", QT_TR_NOOP("Opening")},
        {"read", QT_TR_NOOP("Reading")},
        {"prepare", QT_TR_NOOP("Preparing patterns")},
        {"train", QT_TR_NOOP("Training")},
        {"retrain", QT_TR_NOOP("Training once more for the scores")},
        {"predict", QT_TR_NOOP("Predicting")},
        {"compare", QT_TR_NOOP("Comparing")},
        {"export", QT_TR_NOOP("Writing")},
        {"write", QT_TR_NOOP("Writing")},
        {"simulate", QT_TR_NOOP("Simulating")},
        {"example", QT_TR_NOOP("Simulating")},
        {"align", QT_TR_NOOP("Aligning")},
        {"virtual", QT_TR_NOOP("Computing the virtual")},
        {"convert", QT_TR_NOOP("Writing")},
        {"statistics", QT_TR_NOOP("Reading")},
        {"figures", QT_TR_NOOP("Drawing")},
        {"quantile", QT_TR_NOOP("Measuring the scale")},
        {"plan", QT_TR_NOOP("Planning the")},
        {"examine", QT_TR_NOOP("Examining the patterns")},
        {"measure", QT_TR_NOOP("Measuring the")},
        {"fit", QT_TR_NOOP("Fitting")},
    };
    const auto found = verbs.constFind(word);
    return found == verbs.cend() ? word : Text::tr(*found);
}

} // namespace

QString stageText(const Progress& progress)
{
    const QString stage = QString::fromStdString(progress.stage);
    if (stage.isEmpty())
        return {};
    const qsizetype space = stage.indexOf(u' ');
    return space < 0 ? verb(stage) : verb(stage.left(space)) + stage.mid(space);
}

} // namespace dispersa
