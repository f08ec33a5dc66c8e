// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/plurals.h"

#include <QCoreApplication>
#include <QTranslator>

/// Resources of a static library are only there once somebody asks for them; outside every namespace, as Qt wants it.
static void loadTranslations()
{
    Q_INIT_RESOURCE(translations);
}

namespace dispersa {

void installPlurals()
{
    const QString name = QStringLiteral("dispersa_plurals");
    if (!QCoreApplication::instance() || QCoreApplication::instance()->findChild<QTranslator*>(name))
        return;
    loadTranslations();
    auto* texts = new QTranslator(QCoreApplication::instance());
    texts->setObjectName(name);
    if (texts->load(QStringLiteral(":/i18n/dispersa_en.qm")))
        QCoreApplication::installTranslator(texts);
}

} // namespace dispersa
